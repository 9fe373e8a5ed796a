import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { AnalysisInput } from '../../pipeline/analyses/analysis.js';
import { layers } from '../../pipeline/analyses/layers.js';
import { openCompared } from '../../pipeline/comparison/compared-run.js';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { allPlanned } from '../../pipeline/opening/valid-steps.js';
import { loadLayers } from '../../pipeline/store/load-layers.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { grodinHere } from '../cli/here.js';
import { smallExperiment } from '../run/small-experiment.js';

const names = ['first', 'second', 'third'];

/** @param logNorms by image, of each layer; S is 1/2, whose log-odds are 0 */
function seen(set: string, role: string, logNorms: readonly (readonly number[])[]) {
  return {
    set: { name: set, role },
    test: {
      ...{ set, size: logNorms.length, baseAt: (image: number) => `${set} ${image}` },
      at: () => ({ logOdds: new Float64Array(logNorms.length) }),
    },
    layers: async () => ({ names, logNorms: Float32Array.from(logNorms.flat()) }),
  };
}

test('of each layer quartiles of its part of G are told, and how it separates, in the order of the network', async (t) => {
  const zero = Number.NEGATIVE_INFINITY;
  const input = {
    subject: { name: 'net' },
    selection: [
      { model: 'net', outlier: 'out', detector: 'G', ablation: 'full', epsilon: 0.002, temperature: 10 },
    ],
    inDomain: seen('in', 'in-domain', [
      [1, 5, zero],
      [2, 5, -9],
      [3, 5, -8],
      [4, 5, -7],
      [5, 5, -6],
    ]),
    analysed: seen('out', 'outlier', [
      [6, 5, zero],
      [7, 5, -6.5],
      [8, 5, -6.5],
    ]),
  } as unknown as AnalysisInput;
  const [first, second, third] = await layers.reduce(input);
  // log G = log SG − 2 log S.
  const lift = 2 * Math.LN2;
  const near = (value: number | null | undefined, expected: number) =>
    t.true(Math.abs((value ?? Number.NaN) - expected) < 1e-12, `${value} is not ${expected}`);
  t.deepEqual([first?.layer, first?.place, first?.epsilon, first?.temperature], ['first', 1, 0.002, 10]);
  near(first?.inDomainLower, 2 + lift);
  near(first?.inDomainMedian, 3 + lift);
  near(first?.inDomainUpper, 4 + lift);
  near(first?.outlierMedian, 7 + lift);
  t.deepEqual([first?.auroc, first?.logitLow, first?.logitHigh], [1, null, null]);
  t.deepEqual([second?.auroc, second?.standardError], [0.5, 0]);
  // A gradient of zero is the smallest, and equal to another one: 0.5 of 5 pairs, and 4 of 5 twice.
  near(third?.auroc, (0.5 + 4 + 4) / 15);
  t.deepEqual([third?.outlierLower, third?.outlierMedian], [null, -6.5 + lift]);
});

test('the layers of every image make up its norm, where an image can not be used too', async (t) => {
  const folder = await smallExperiment(t, { layerNorms: true, maxBadFraction: 0.2 });
  for (const image of [1, 4, 7, 12]) await writeFile(join(folder, `noisy/${image}.png`), 'no image');
  const ran = await grodinHere(['run', 'experiment.json', '--out', 'run', '--no-report'], folder);
  t.is(ran.code, 0, ran.err);
  const directory = runDirectory(join(folder, 'run'));
  const run = await openRecorded(directory);
  const { scores, results } = await openCompared(directory);
  const subject = scores?.subjects[0];
  const row = results?.selection.find((one) => one.detector === 'G' && one.outlier === 'noisy');
  const set = run.sets.find(({ name }) => name === 'noisy');
  if (scores === null || subject === undefined || row === undefined || set === undefined) {
    t.fail();
    return;
  }
  const { split } = await scores.load(subject, 'noisy');
  const { epsilon, temperature } = row;
  const found = await loadLayers(run, await allPlanned(run), {
    ...{ model: 'net', rows: set.split.test, idAt: (at) => set.rows.rows.idAt(at), scores: split },
    ...{ epsilon, temperature },
  });
  const { logSG } = split.at({ epsilon, temperature });
  const count = found?.names.length ?? 0;
  t.true(count > 10 && split.failed > 0 && split.failed < 4);
  for (let image = 0; image < split.size; image += 1) {
    const parts = Array.from(found?.logNorms.subarray(image * count, (image + 1) * count) ?? []);
    const whole = Math.log(parts.reduce((sum, part) => sum + Math.exp(part), 0));
    // Norms of layers are kept in float32.
    t.true(Math.abs(whole - (logSG?.[image] ?? Number.NaN)) < 1e-4, `${image}: ${whole}`);
  }
  const lines = (await readFile(directory.analysis('layers', 'csv'), 'utf8')).trim().split('\n');
  t.is(lines.length, 1 + 2 * count);
  const report = await grodinHere(['report', 'run', '--thumbnails', 'none'], folder);
  t.is(report.code, 0, report.err);
  const specification = JSON.parse(
    await readFile(join(folder, 'run/plots/layers-1-net-1-noisy.vl.json'), 'utf8'),
  );
  t.is(specification.data.values.length, 2 * count);
});
