import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'csv-parse/sync';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { allPlanned } from '../../pipeline/opening/valid-steps.js';
import { accuracyRows, metricRows } from '../../pipeline/reduction/result-rows.js';
import { selectionRows } from '../../pipeline/selection/selection-rows.js';
import { loadLogits } from '../../pipeline/store/load-logits.js';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { sortScores } from '../../stages/metrics/sorted-scores.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { grodinHere } from '../cli/here.js';
import { copyRun, shardNames } from './command.js';
import { runFile } from './here.js';
import { type SmallExperiment, sharedExperiment, writeExperiment } from './small-experiment.js';

const model = (name: string, mean: number) => ({
  name,
  file: 'net.onnx',
  preprocess: { resize: null, crop: null, mean: [mean, mean, mean], std: [0.25, 0.25, 0.25] },
});
const models = [model('a', 0.5), model('b', 0.4), model('c', 0.6)];
const ensembles = [{ name: 'abc', models: ['a', 'b', 'c'] }];
const change: SmallExperiment = { models, ensembles, detectors: ['MSP', 'ODIN'], outliers: ['noisy'] };

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment(change);
  const { code, err } = await runFile(folder, 'experiment.json', 'run');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

async function results(out: string) {
  const file = (name: string) => readFile(join(folder, out, name));
  return {
    metrics: metricRows.decode(await file('metrics.arrow')),
    accuracy: accuracyRows.decode(await file('accuracy.arrow')),
    selection: selectionRows.decode(await file('selection.arrow')),
    table: async (name: string): Promise<Record<string, string>[]> =>
      parse(await file(`tables/${name}.csv`), { columns: true }),
  };
}

/** The mean softmax of the members on the test images of a set, in the plain way, with their labels. */
async function meanProbabilities(set: string) {
  const run = await openRecorded(runDirectory(join(folder, 'run')));
  const planned = await allPlanned(run);
  const { rows: manifest, split } = run.sets.find(({ name }) => name === set)!;
  const sums = new Map<number, number[]>();
  for (const { name } of models)
    for await (const { row, logits } of loadLogits(run, planned, {
      model: name,
      set,
      manifest,
      rows: split.test,
    })) {
      const powers = Array.from(logits, Math.exp);
      const total = powers.reduce((sum, one) => sum + one, 0);
      const before = sums.get(row) ?? powers.map(() => 0);
      sums.set(
        row,
        before.map((sum, c) => sum + powers[c]! / total / models.length),
      );
    }
  return Array.from(split.test, (row) => ({ p: sums.get(row)!, label: manifest.rows.labelAt(row) }));
}

const entropy = (p: readonly number[]) => -p.reduce((sum, one) => sum + one * Math.log(one), 0);

test.serial('measures and accuracy of an ensemble are those of the mean of its members', async (t) => {
  const { metrics, accuracy } = await results('run');
  const [clean, noisy] = [await meanProbabilities('clean'), await meanProbabilities('noisy')];
  const values = (images: typeof clean) => Float64Array.from(images, ({ p }) => entropy(p));
  const found = metrics.find(
    (row) => row.model === 'abc' && row.detector === 'EoE' && row.metric === 'auroc',
  );
  t.is(found?.value, aurocAgainst(sortScores(values(clean)), values(noisy)));
  const rights = clean.filter(({ p, label }) => p.indexOf(Math.max(...p)) === label);
  const row = accuracy.find(({ model: name, set }) => name === 'abc' && set === 'clean');
  t.is(row?.accuracy, rights.length / clean.length);
});

test.serial(
  'all measures are kept, and table 5 has the one that was best on validation images',
  async (t) => {
    const { metrics, selection, table } = await results('run');
    const measures = ['Confidence', 'EoE', 'ExE', 'MI', 'EPKL', 'MKL'];
    const chosen = selection.filter((row) => row.model === 'abc');
    t.deepEqual(
      chosen.map((row) => row.detector),
      measures,
    );
    t.deepEqual(
      [...new Set(metrics.filter((row) => row.model === 'abc').map((row) => row.detector))],
      measures,
    );
    const best = chosen.reduce((a, b) => (b.validationAuroc > a.validationAuroc ? b : a));
    const value = metrics.find(
      (row) => row.model === 'abc' && row.detector === best.detector && row.metric === 'auroc',
    )!.value;
    const rows = await table('table-5');
    t.deepEqual(
      rows.map((row) => row.model),
      ['a', 'b', 'c', 'abc'],
    );
    t.is(Number(rows[3]!['Ensemble.value']), value);
    t.is(rows[0]!['Ensemble.value'], '');
    t.is(rows[3]!['MSP.value'], '');
    const text = await readFile(join(folder, 'run', 'tables', 'table-5.md'), 'utf8');
    t.true(text.includes(`chosen on validation images: abc on noisy ${best.detector}.`), text);
    t.is((await table('ensembles')).length, 1);
  },
);

test.serial(
  'an ensemble that is named later needs no pass, and ends as if it had always been there',
  async (t) => {
    await writeExperiment(folder, { ...change, ensembles: undefined }, 'alone.json');
    t.is((await runFile(folder, 'alone.json', 'later')).code, 0);
    const before = await shardNames(join(folder, 'later'));
    t.is((await runFile(folder, 'experiment.json', 'later')).code, 0);
    t.deepEqual(await shardNames(join(folder, 'later')), before);
    t.deepEqual((await results('later')).metrics, (await results('run')).metrics);
  },
);

test.serial(
  'a member without detectors takes forward passes alone, and the ensemble is the same',
  async (t) => {
    const members = [models[0]!, { ...models[1]!, detectors: [] }, { ...models[2]!, detectors: ['MSP'] }];
    await writeExperiment(folder, { ...change, models: members }, 'members.json');
    const { code, err } = await runFile(folder, 'members.json', 'members');
    t.is(code, 0, err);
    const planned = await allPlanned(await openRecorded(runDirectory(join(folder, 'members'))));
    const cellsOf = (name: string): number =>
      planned
        .filter((shard) => shard.model === name)
        .reduce((sum, { cells, forwardCells }) => sum + cells.length + forwardCells.length, 0);
    t.true(cellsOf('a') > 0);
    t.is(cellsOf('b') + cellsOf('c'), 0);
    const [found, expected] = [await results('members'), await results('run')];
    const detectorsOf = (name: string) => [
      ...new Set(found.metrics.filter((row) => row.model === name).map((row) => row.detector)),
    ];
    t.deepEqual(['a', 'b', 'c'].map(detectorsOf), [['MSP', 'ODIN'], [], ['MSP']]);
    const ofRest = ({ metrics }: typeof found) =>
      metrics.filter(({ model: name }) => name === 'abc' || name === 'a');
    t.deepEqual(ofRest(found), ofRest(expected));
    t.deepEqual(found.accuracy, expected.accuracy);
  },
);

test.serial(
  'what of an ensemble is no one network is not deployed, and why is said in one line',
  async (t) => {
    const refused = async (detector: string, model: string, expected: RegExp): Promise<void> => {
      const of = ['--from', 'members', '--detector', detector, '--model-name', model];
      const { code, err } = await grodinHere(['compile', 'net.onnx', '-o', 'x.onnx', ...of], folder);
      t.is(code, 2, err);
      t.regex(err, expected);
      t.is(err.trim().split('\n').length, 1, err);
    };
    await refused(
      'MI',
      'a',
      /MI is a measure of ensembles, .* can't be deployed as one; name a detector of one/,
    );
    await refused(
      'MSP',
      'abc',
      /abc is an ensemble of a, b and c, and a detector is deployed of one network/,
    );
    await refused(
      'ODIN',
      'b',
      /its model b was run without detectors, .*; add ODIN to "detectors" of that model/,
    );
    await refused('ODIN', 'c', /its model c was run without the detector ODIN, but with MSP; add ODIN to/);
    await refused(
      'G',
      'a',
      /members: was run without the detector G, but with MSP, ODIN; add G to "detectors" in/,
    );
  },
);

test.serial(
  'a lost shard of a member is told with its set and the ensemble that it is missed by',
  async (t) => {
    const run = await copyRun(folder, 'members', 'lost');
    const planned = await allPlanned(await openRecorded(runDirectory(run)));
    const { id } = planned.find(({ model, set }) => model === 'b' && set === 'noisy')!;
    await rm(join(run, 'shards', `${id}.arrow`));
    const { code, err } = await grodinHere(['reduce', 'lost'], folder);
    t.is(code, 1);
    t.regex(err, /lacks 1 of \d+ shards: b on noisy, and with them ensemble abc; finish the run first/);
  },
);

async function refusal(t: ExecutionContext, other: SmallExperiment): Promise<string> {
  await writeExperiment(folder, { ...change, ...other }, 'refused.json');
  const { code, err } = await runFile(folder, 'refused.json', 'refused');
  t.is(code, 2);
  return err;
}

test.serial(
  'ensembles of unknown models, of one, with the name of a model, or without logits are refused',
  async (t) => {
    const of = (name: string, ...members: string[]) => [{ name, models: members }];
    t.regex(
      await refusal(t, { ensembles: of('e', 'a', 'bb') }),
      /ensembles\[0\]\.models\[1\]: found "bb", which is no model/,
    );
    t.regex(
      await refusal(t, { ensembles: of('e', 'a') }),
      /ensembles\[0\]\.models: found one model; an ensemble has two or more/,
    );
    t.regex(
      await refusal(t, { ensembles: of('e', 'a', 'a') }),
      /ensembles\[0\]\.models\[1\]: found "a" twice; drop one/,
    );
    t.regex(
      await refusal(t, { ensembles: of('a', 'b', 'c') }),
      /ensembles\[0\]\.name: found "a", the name of another model; rename one/,
    );
    t.regex(
      await refusal(t, { models: [{ ...models[0], detectors: ['G'] }, ...models.slice(1)] }),
      /models\[0\]\.detectors\[0\]: found "G", which is none of the detectors of the experiment/,
    );
    t.regex(
      await refusal(t, { logits: false }),
      /ensembles\[0\]\.name: "abc" reads logits, but "logits" is false; drop one of the two/,
    );
  },
);

test.serial('an image that can not be read is left out of the ensemble, and counted', async (t) => {
  await writeFile(join(folder, 'broken.png'), 'no image');
  const lines = (await readFile(join(folder, 'noisy.csv'), 'utf8')).trimEnd().split('\n');
  await writeFile(join(folder, 'with-broken.csv'), `${[...lines, 'broken.png,3'].join('\n')}\n`);
  const noisy = { name: 'noisy', manifest: 'with-broken.csv', validation: 15 };
  await writeExperiment(folder, { ...change, outlierSets: [noisy], maxBadFraction: 0.1 }, 'broken.json');
  const { code, err } = await runFile(folder, 'broken.json', 'broken');
  t.is(code, 0, err);
  const rows = (await results('broken')).accuracy.filter(({ set }) => set === 'noisy');
  t.deepEqual(
    rows.map(({ model: name, images, failed, validationFailed }) => [
      name,
      images + failed + 15 - validationFailed,
      failed + validationFailed,
    ]),
    ['a', 'b', 'c', 'abc'].map((name) => [
      name,
      rows[0]!.images + rows[0]!.failed + 15 - rows[0]!.validationFailed,
      1,
    ]),
  );
});
