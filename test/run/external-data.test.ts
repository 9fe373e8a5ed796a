import { createHash } from 'node:crypto';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { comparable, copyRun, revisionsOf, runFile as runFileApart } from './command.js';
import { writeWithExternalData } from './external-data.js';
import { runExperiment, runFile } from './here.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

let folder: string;
let weights: string;

const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

test.before(async (t) => {
  folder = await sharedExperiment({ images: 12 });
  weights = join(folder, 'net.weights');
  await writeWithExternalData(join(folder, 'net.onnx'), join(folder, 'outside.onnx'), 'net.weights');
  const models = [{ name: 'net', file: 'outside.onnx', preprocess }];
  await writeExperiment(folder, { images: 12, models }, 'outside.json');
  for (const { code, err } of [
    await runExperiment(folder, 'inside'),
    await runFileApart(folder, 'outside.json', 'outside'),
  ])
    t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

async function modelOf(run: string): Promise<string | undefined> {
  return (await revisionsOf(join(folder, run))).at(-1)?.models.net;
}

async function hashOf(...files: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(join(folder, file)));
  return hash.digest('hex');
}

test('a model with external data scores as the same model in one file', async (t) => {
  const [inside, outside] = [
    await comparable(join(folder, 'inside')),
    await comparable(join(folder, 'outside')),
  ];
  for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow', 'tables/table-5.csv']) {
    t.is(outside.get(name), inside.get(name), name);
  }
});

test('a model in one file goes by the sha256 of that file, one with external data by that of both', async (t) => {
  t.is(await modelOf('inside'), await hashOf('net.onnx'));
  t.is(await modelOf('outside'), await hashOf('outside.onnx', 'net.weights'));
});

test.serial('a finished run with unchanged external data has nothing to do', async (t) => {
  const { code, err } = await runFile(folder, 'outside.json', 'outside');
  t.is(code, 0);
  t.regex(err, /nothing to do\n$/);
});

test.serial('a run whose external data changed is refused, though the model file is the same', async (t) => {
  const run = await copyRun(folder, 'outside', 'changed');
  const kept = join(folder, 'kept.weights');
  await copyFile(weights, kept);
  const bytes = await readFile(weights);
  bytes[100] = bytes[100]! ^ 1;
  await writeFile(weights, bytes);
  const { code, err } = await runFile(folder, 'outside.json', run);
  await copyFile(kept, weights);
  t.is(code, 2);
  t.regex(err, /the file of model "net" \(sha256\) was "[0-9a-f]{64}" and is now "[0-9a-f]{64}"/);
});

test.serial('external data that is missing or too short is named in one line', async (t) => {
  const kept = await readFile(weights);
  await writeFile(weights, kept.subarray(0, kept.length - 1));
  const short = await runFile(folder, 'outside.json', 'short');
  await rm(weights);
  const missing = await runFile(folder, 'outside.json', 'missing');
  await writeFile(weights, kept);
  for (const { code, err } of [short, missing]) {
    t.is(code, 2);
    t.regex(err, /^grodin: .*outside\.onnx: its external data .*net\.weights can't be read \(.*\n$/);
  }
});
