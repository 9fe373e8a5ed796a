import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'csv-parse/sync';
import { stabilityRows } from '../../pipeline/analyses/stability-rows.js';
import { surfaceRows } from '../../pipeline/analyses/surface.js';
import { metricRows } from '../../pipeline/reduction/result-rows.js';
import { selectionRows } from '../../pipeline/selection/selection-rows.js';
import { runFile } from './here.js';
import { type SmallExperiment, smallExperiment, writeExperiment } from './small-experiment.js';

const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const set = (name: string, selecting: object) => ({ name, manifest: `${name}.csv`, ...selecting });

// "dark" and "late" are chosen on the same images; with "noisy" that makes two pools.
const models = [
  { name: 'a', file: 'net.onnx', preprocess },
  { name: 'b', file: 'net.onnx', preprocess: { ...preprocess, mean: [0.4, 0.4, 0.4] } },
];
const searched: SmallExperiment = {
  detectors: ['MSP', 'ODIN', 'G'],
  epsilon: [0, 0.001, 0.002],
  temperature: [1, 10, 100],
};
const pooled: SmallExperiment = {
  ...searched,
  outlierSets: [
    set('noisy', { validation: 15 }),
    set('dark', { validation: 15, selectOn: 'dim' }),
    set('late', { validation: 15, selectOn: 'dim' }),
  ],
  groups: [{ name: 'dim', sets: ['dark', 'late'] }],
};

test.serial(
  'a run writes the surface that cells were chosen from, and what other choices of cells lose on it',
  async (t) => {
    const folder = await smallExperiment(t, {
      ...{ ...pooled, models },
      ensembles: [{ name: 'both', models: ['a', 'b'] }],
    });
    const { code, err, out } = await runFile(folder, 'experiment.json', 'run', '--tables', 'all');
    t.is(code, 0, err);
    const file = (name: string) => readFile(join(folder, 'run', name));
    const selection = selectionRows.decode(await file('selection.arrow'));
    const metrics = metricRows.decode(await file('metrics.arrow'));
    const surface = surfaceRows.decode(await file('analyses/surface.arrow'));
    const stability = stabilityRows.decode(await file('analyses/stability.arrow'));

    // Nine cells each of ODIN and G, one of MSP, and one of each measure of the ensemble.
    t.is(surface.length, 2 * 3 * (1 + 9 + 9) + 3 * 6);
    t.deepEqual([...new Set(surface.map(({ selectedOn }) => selectedOn))], ['noisy', 'dark + late']);
    for (const { ablation, ...chosen } of selection) {
      const { model, outlier, detector, validationAuroc } = chosen;
      const rows = surface.filter(
        (row) => row.model === model && row.outlier === outlier && row.detector === detector,
      );
      t.true(rows.some((row) => row.epsilon === chosen.epsilon && row.temperature === chosen.temperature));
      if (ablation === 'full') t.is(Math.max(...rows.map((row) => row.validationAuroc)), validationAuroc);
    }
    const lines: Record<string, string>[] = parse(await file('analyses/surface.csv'), { columns: true });
    t.deepEqual(
      lines.map((line) => [line.model, line.outlier, line.detector, Number(line.validationAuroc)]),
      surface.map((row) => [row.model, row.outlier, row.detector, row.validationAuroc]),
    );

    t.deepEqual([...new Set(stability.map(({ detector }) => detector))], ['ODIN', 'G']);
    t.deepEqual([...new Set(stability.map(({ model }) => model))], ['a', 'b']);
    const asked = [...new Set(stability.map(({ choice, pools }) => `${choice} ${pools}`))];
    t.deepEqual(asked, ['own-set 1', 'other-sets 1', 'all-sets 2']);
    for (const row of stability) {
      t.true(row.lost >= 0);
      if (row.choice !== 'own-set') continue;
      const metric = metrics.find(
        (one) =>
          one.metric === 'auroc' &&
          (['model', 'outlier', 'detector', 'ablation', 'epsilon', 'temperature'] as const).every(
            (key) => one[key] === row[key],
          ),
      );
      t.is(row.testAuroc, metric!.value);
      t.is(row.lost, 0);
    }
    t.true(stability.some(({ testAuroc }) => testAuroc === null));
    // A cell that another ablation of the detector, or another detector, was tested at has its test value too.
    const elsewhere = stability.filter(({ choice, testAuroc }) => choice !== 'own-set' && testAuroc !== null);
    t.true(elsewhere.length > 0);
    t.regex(out, /Stability of ε and T: validation ROC-AUC/);
    t.regex(out, /All figures are of validation images, on which the choice for the set is optimistic/);
  },
);

test.serial(
  'where all sets are chosen on the same images there is nothing to compare, and results without a new analysis are made again',
  async (t) => {
    const folder = await smallExperiment(t, pooled);
    t.is((await runFile(folder, 'experiment.json', 'run')).code, 0);
    const [stability, surface] = ['stability', 'surface'].map((name) =>
      join(folder, 'run', 'analyses', `${name}.arrow`),
    ) as [string, string];
    await access(stability);

    // As a run leaves it that was finished before there was a surface.
    const note = join(folder, 'run', 'finished.json');
    const finished = JSON.parse(await readFile(note, 'utf8'));
    delete finished.files['analyses/surface.arrow'];
    delete finished.files['analyses/surface.csv'];
    await writeFile(note, JSON.stringify(finished));
    await rm(surface);
    const again = await runFile(folder, 'experiment.json', 'run');
    t.is(again.code, 0, again.err);
    await access(surface);

    await writeExperiment(folder, { ...searched, outliers: ['noisy'] });
    const one = await runFile(folder, 'experiment.json', 'run');
    t.is(one.code, 0, one.err);
    await t.throwsAsync(access(stability), { code: 'ENOENT' });
    await access(surface);
  },
);
