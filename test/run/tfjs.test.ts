import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { runExperiment, runFile } from './command.js';
import { runExperiment as runHere } from './here.js';
import { scoreRows } from './score-rows.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

let folder: string;

test.before(async () => {
  folder = await sharedExperiment({ images: 8, epsilon: [0.002] });
  const { code, err } = await runHere(folder, 'cpu');
  if (code !== 0) throw new Error(err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

for (const device of ['tfjs', 'tfjs:cpu']) {
  test.serial(`--device ${device} with two workers gives the scores of ONNX Runtime`, async (t) => {
    const out = device.replace(':', '-');
    const { code, err } = await runExperiment(folder, out, '--device', device, '--workers', '2');
    t.is(code, 0, err);
    t.notRegex(err, /Hi, looks like/);
    const [expected, actual] = [await rowsOf('cpu'), await rowsOf(out)];
    // Which cells the second wave scores may hang on the last digit of a metric.
    const common = [...expected].filter(([key]) => actual.has(key));
    t.true(common.length > 0.9 * expected.size);
    for (const [key, values] of common) {
      for (const [column, value] of values.entries()) {
        const found = actual.get(key)![column];
        const near = found === value || Math.abs(Number(found) - Number(value)) <= 1e-3;
        t.true(near, `${key}, column ${column}: ${found} instead of ${value}`);
      }
    }
  });
}

test.serial('TensorFlow.js keeps to the memory that it is allowed, with fewer workers', async (t) => {
  await writeExperiment(folder, { images: 8, batchSize: null }, 'free.json');
  const bounded = ['--memory', '394MB', '--device', 'tfjs', '--workers', '2', '--json'];
  const { code, out, err } = await runFile(folder, 'free.json', 'bounded', ...bounded);
  t.is(code, 0, err);
  const { memory } = JSON.parse(out);
  t.is(memory.workers, 1);
  t.true(memory.plannedBytes <= 394e6);
  t.true(memory.peakBytes <= 394e6, `${memory.peakBytes}`);
});

test.serial('a run that was begun on ONNX Runtime is not continued on TensorFlow.js', async (t) => {
  const { code, err } = await runHere(folder, 'cpu', '--device', 'tfjs');
  t.is(code, 2);
  t.regex(err, /engine/);
});

async function rowsOf(out: string) {
  return (await scoreRows(join(folder, out))).rows;
}
