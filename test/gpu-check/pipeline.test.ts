import test from 'ava';
import type { JournalEntry } from '../../pipeline/journal/journal.js';
import { readSample, useBetween } from '../../scripts/gpu-check/gpu-use.js';
import { steadyPart } from '../../scripts/gpu-check/steady-part.js';

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
