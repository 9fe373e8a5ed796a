import { appendFile, copyFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { comparable, runExperiment, shardNames } from './command.js';
import { type SmallExperiment, smallExperiment, writeExperiment } from './small-experiment.js';

const anotherNetwork = fileURLToPath(new URL('../../../test/golden/residual-folded.onnx', import.meta.url));

const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const net = { name: 'net', file: 'net.onnx', preprocess };

const growths: Readonly<Record<string, SmallExperiment>> = {
  'a temperature': { temperature: [1, 10, 100] },
  'a perturbation size': { epsilon: [0, 0.001, 0.002] },
  'an outlier set': { outliers: ['noisy', 'dark', 'late'] },
  'a model': { models: [net, { ...net, name: 'folded', file: 'folded.onnx' }] },
  'more resamplings': { resamplings: { deviation: 20, interval: 40 } },
};

for (const [what, change] of Object.entries(growths)) {
  test(`an experiment that grew by ${what} keeps every shard and ends as if it had always been so`, async (t) => {
    const folder = await smallExperiment(t);
    await copyFile(anotherNetwork, join(folder, 'folded.onnx'));
    const grown = join(folder, 'grown');
    t.is((await runExperiment(folder, grown)).code, 0);
    const before = await times(grown);
    await writeExperiment(folder, change);
    const { code, err } = await runExperiment(folder, grown);
    t.is(code, 0, err);
    const after = await times(grown);
    for (const [name, time] of before) t.is(after.get(name), time, `${name} was written again`);
    t.is(after.size > before.size, what !== 'more resamplings');

    t.is((await runExperiment(folder, join(folder, 'fresh'))).code, 0);
    const [a, b] = [await comparable(grown), await comparable(join(folder, 'fresh'))];
    for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow', 'tables/table-5.csv']) {
      t.is(a.get(name), b.get(name), name);
    }
    t.true((await runExperiment(folder, grown)).err.includes('nothing to do'));
  });
}

test('an experiment that leaves out a set and a detector scores nothing and drops them from the tables', async (t) => {
  const folder = await smallExperiment(t);
  const run = join(folder, 'run');
  await runExperiment(folder, run);
  const before = await shardNames(run);
  await writeExperiment(folder, { outliers: ['dark'], detectors: ['MSP', 'SG'] });
  const { code, out } = await runExperiment(folder, run);
  t.is(code, 0);
  t.deepEqual(await shardNames(run), before);
  t.false(out.includes('noisy') || out.includes('ODIN'));
  t.true(out.includes('dark'));
});

test('run.json keeps every revision of the experiment', async (t) => {
  const folder = await smallExperiment(t);
  await runExperiment(folder, 'run');
  await runExperiment(folder, 'run');
  await writeExperiment(folder, { temperature: [1] });
  await runExperiment(folder, 'run');
  const { revisions } = JSON.parse(await readFile(join(folder, 'run', 'run.json'), 'utf8'));
  t.deepEqual(
    revisions.map((revision: { experiment: { grid: { temperature: number[] } } }) => {
      return revision.experiment.grid.temperature;
    }),
    [[1, 100], [1]],
  );
});

const refusals: Readonly<Record<string, { change: SmallExperiment; message: RegExp }>> = {
  'another seed': { change: { seed: 5 }, message: /"seed" was 0 and is now 5/ },
  'another batch size': { change: { batchSize: 8 }, message: /"batchSize" was 4 and is now 8/ },
  'another perturbation space': {
    change: { perturbation: { space: 'normalized' } },
    message: /"perturbation" was \{"space":"pixel"\} and is now \{"space":"normalized"\}/,
  },
  'other parameters': {
    change: { models: [{ ...net, parameters: ['fc.*'] }] },
    message: /"parameters" of model "net" was \["\*"\] and is now \["fc\.\*"\]/,
  },
  'another preprocessing': {
    change: { models: [{ ...net, preprocess: { ...preprocess, std: [1, 1, 1] } }] },
    message: /"preprocess" of model "net" was/,
  },
  'another model file': {
    change: { models: [{ ...net, file: 'folded.onnx' }] },
    message: /the file of model "net" \(sha256\) was "[0-9a-f]{64}" and is now "[0-9a-f]{64}"/,
  },
  'another validation split': {
    change: { inDomain: { name: 'clean', manifest: 'clean.csv', validation: 9 } },
    message: /"validation" of set "clean" was 15 and is now 9/,
  },
};

for (const [what, { change, message }] of Object.entries(refusals)) {
  test(`${what} under an existing run is refused with both values and the remedy`, async (t) => {
    const folder = await smallExperiment(t);
    await copyFile(anotherNetwork, join(folder, 'folded.onnx'));
    await runExperiment(folder, 'run');
    const before = await comparable(join(folder, 'run'));
    await writeExperiment(folder, change);
    const { code, err } = await runExperiment(folder, 'run');
    t.is(code, 2);
    t.regex(err, message);
    t.regex(err, /restore it, or start another run with another --out\n$/);
    t.deepEqual(await comparable(join(folder, 'run')), before);
    await writeExperiment(folder);
    t.true((await runExperiment(folder, 'run')).err.includes('nothing to do'));
  });
}

test('a manifest that changed under an existing run is refused', async (t) => {
  const folder = await smallExperiment(t);
  await runExperiment(folder, 'run');
  await appendFile(join(folder, 'noisy.csv'), 'dark/1.png,1\n');
  const { code, err } = await runExperiment(folder, 'run');
  t.is(code, 2);
  t.regex(err, /the manifest of set "noisy" \(sha256\) was/);
});

test('a model that never compiled may be replaced', async (t) => {
  const folder = await smallExperiment(t, { models: [{ ...net, parameters: ['no such parameter'] }] });
  t.is((await runExperiment(folder, 'run')).code, 2);
  await writeExperiment(folder);
  t.is((await runExperiment(folder, 'run')).code, 0);
});

async function times(out: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const name of await shardNames(out)) {
    times.set(name, (await stat(join(out, 'shards', name))).mtimeMs);
  }
  return times;
}
