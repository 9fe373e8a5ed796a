import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { decodeShard } from '../../pipeline/store/shard-file.js';
import { runExperiment, shardNames } from '../run/command.js';
import { smallExperiment } from '../run/small-experiment.js';
import { nothingToRunOn } from './nothing-to-run-on.js';

test.serial('tensors that stay on a WebGPU device can be fed again, not read, and are freed', async (t) => {
  const program = fileURLToPath(new URL('./webgpu-tensors.js', import.meta.url));
  const [out, err] = await new Promise<[string, string]>((resolve) =>
    execFile(process.execPath, [program], (_, stdout, stderr) => resolve([stdout, stderr])),
  );
  if (/can't load this provider/.test(err))
    return nothingToRunOn(t, err.match(/DeviceError: .*/)?.[0] ?? err);
  const { wrong, refusal, grown } = JSON.parse(out);
  t.is(wrong, 0);
  t.regex(refusal, /a tensor that was kept on the device can only be fed to a graph/);
  // A tensor that is not freed would make this 0.5, both 1.
  t.true(grown < 0.3, `${grown}`);
});

test.serial('a run on WebGPU has the scores of a run on the CPU, within tolerance', async (t) => {
  t.timeout(600_000);
  const folder = await smallExperiment(t, {
    images: 4,
    epsilon: [0.002],
    temperature: [10],
    outliers: ['noisy'],
  });
  const gpu = await runExperiment(folder, 'webgpu', '--device', 'webgpu');
  if (gpu.code === 2 && /can't load this provider/.test(gpu.err)) return nothingToRunOn(t, gpu.err);
  t.is(gpu.code, 0, gpu.err);
  t.is((await runExperiment(folder, 'cpu')).code, 0);
  const [here, there] = [await scoresOf(join(folder, 'cpu')), await scoresOf(join(folder, 'webgpu'))];
  t.true(here.length > 0);
  t.deepEqual([...new Set(there.map(({ provider }) => provider))], ['webgpu']);
  for (const [index, { id, logOdds, logSG }] of here.entries()) {
    t.is(there[index]?.id, id);
    for (const [row, value] of logOdds.entries()) near(t, there[index]!.logOdds[row]!, value);
    for (const [row, value] of logSG.entries())
      if (!Number.isNaN(value)) near(t, there[index]!.logSG[row]!, value);
  }
});

function near(t: ExecutionContext, value: number, reference: number): void {
  t.true(Math.abs(value - reference) <= 5e-4, `${value} instead of ${reference}`);
}

async function scoresOf(run: string) {
  return Promise.all(
    (await shardNames(run)).map(async (name) => {
      const id = name.replace(/\..*$/, '');
      const { scores, origin } = decodeShard(await readFile(join(run, 'shards', name)), id);
      return { id, provider: origin.provider, ...scores };
    }),
  );
}
