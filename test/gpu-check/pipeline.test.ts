import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { JournalEntry } from '../../pipeline/journal/journal.js';
import { readSample, useBetween } from '../../scripts/gpu-check/gpu-use.js';
import { repeat } from '../../scripts/gpu-check/repeat.js';
import { steadyPart } from '../../scripts/gpu-check/steady-part.js';
import { temporaryFolder } from '../temporary-folder.js';

const entry = (to: number, images: number, passes: number): JournalEntry => ({
  ...{ shard: `${to}`, model: 'm', set: 's', worker: 0, device: 'cuda:0' },
  ...{ from: to - 500, to, images, passes },
});

test('the rate is that of whole grids after the first third of them', (t) => {
  const entries = [
    ...[9000, 1000, 2000, 3000, 4000, 5000].map((to) => entry(to, 32, 7)),
    entry(3500, 500, 1),
  ];
  // Behind the third, at 3 s, 96 images in 6 s.
  t.deepEqual(steadyPart(entries, { epsilons: 6 }), { from: 3000, to: 9000, rate: (96 * 6) / 6, shards: 3 });
  t.is(steadyPart(entries.slice(0, 1), { epsilons: 6 }), null);
  t.is(steadyPart([], { epsilons: 6 }), null);
});

test('what nvidia-smi says is averaged over the time that is asked for, of the busiest GPU', (t) => {
  t.is(readSample('stand-in, 0, 0', 1), null);
  t.is(readSample('0, [N/A], 17', 1), null);
  t.deepEqual(readSample(' 1, 97, 2 ', 5), { at: 5, gpu: 1, busy: 0.97, bytes: 2 * 2 ** 20 });
  const samples = ['0, 10, 1', '0, 90, 3', '0, 100, 9', '1, 20, 4'].flatMap(
    (line, at) => readSample(line, at) ?? [],
  );
  t.deepEqual(useBetween(samples, { from: 1, to: 3 }), { busy: 0.95, samples: 2, bytes: 9 * 2 ** 20 });
  t.is(useBetween(samples, { from: 10, to: 20 }), null);
});

test('a run that is stopped when time is up is told in one line, and what was measured is kept', async (t) => {
  const folder = await temporaryFolder(t);
  const file = fileURLToPath(new URL('../../scripts/gpu-check/pipeline.js', import.meta.url));
  const options = ['--device', 'cpu', '--precision', 'fp32', '--network', 'resnet18', '--images', '4'];
  const places = ['--out', join(folder, 'out'), '--folder', folder, '--seconds', '0.01'];
  const { code, err } = await new Promise<{ code: number | null; err: string }>((resolve) => {
    const child = execFile(process.execPath, [file, ...options, ...places], (_, __, err) =>
      resolve({ code: child.exitCode, err }),
    );
  });
  t.is(code, 75, err);
  t.regex(err, /^pipeline: stopped after [^\n]*\n$/);
  const row = JSON.parse(await readFile(join(folder, 'out', 'pipeline.jsonl'), 'utf8'));
  t.like(row, { network: 'resnet18', device: 'cpu', state: 'ended' });
});

test('work is repeated until it is stopped, and what it threw is told then', async (t) => {
  let times = 0;
  const counted = repeat(async () => {
    times += 1;
  }, 1);
  while (times < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  await counted.stop();
  const before = times;
  await new Promise((resolve) => setTimeout(resolve, 10));
  t.is(times, before);
  let tried = false;
  const failing = repeat(async () => {
    tried = true;
    throw new Error('broken');
  }, 1);
  while (!tried) await new Promise((resolve) => setTimeout(resolve, 1));
  await t.throwsAsync(failing.stop(), { message: 'broken' });
});
