import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import test from 'ava';
import { runExperiment, shardNames } from './command.js';
import { sharedExperiment } from './small-experiment.js';

let folder: string;

test.before(async () => {
  folder = await sharedExperiment({ images: 12 });
  const { code, err } = await runExperiment(folder, 'cpu', '--workers', '1');
  if (code !== 0) throw new Error(err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

for (const device of ['tfjs', 'tfjs:cpu']) {
  test.serial(`--device ${device} with two workers gives the scores of ONNX Runtime`, async (t) => {
    const out = device.replace(':', '-');
    const { code, err } = await runExperiment(folder, out, '--device', device, '--workers', '2');
    t.is(code, 0, err);
    t.notRegex(err, /Hi, looks like/);
    const [expected, actual] = [await scores('cpu'), await scores(out)];
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

test.serial('a run that was begun on ONNX Runtime is not continued on TensorFlow.js', async (t) => {
  const { code, err } = await runExperiment(folder, 'cpu', '--device', 'tfjs');
  t.is(code, 2);
  t.regex(err, /engine/);
});

/** Predicted class, max logit, −λ and log SG of every row by image, ε and T. */
async function scores(out: string): Promise<ReadonlyMap<string, readonly (number | null)[]>> {
  const rows = new Map<string, readonly (number | null)[]>();
  for (const name of await shardNames(join(folder, out))) {
    const table = tableFromIPC(await readFile(join(folder, out, 'shards', name)));
    for (const row of table) {
      if (row === null || row.epsilon === null) continue;
      const gradient = row.log_sg === null ? 'forward' : 'gradient';
      rows.set(`${row.image} ${row.epsilon} ${row.temperature} ${gradient}`, [
        row.predicted,
        row.max_logit,
        row.log_odds,
        row.log_sg,
      ]);
    }
  }
  return rows;
}
