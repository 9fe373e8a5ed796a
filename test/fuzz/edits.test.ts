import test from 'ava';
import { play, type Step, stepsOf } from '../../scripts/fuzz/edits/play.js';

// Thousands of changes are a script; these are a few of each kind that need no process of their own.
test('a run whose experiment changes ends as a new one does, scores what is new alone, or refuses', async (t) => {
  t.timeout(120_000);
  const counts = { runs: 0, refusals: 0 };
  for (const seed of [1004, 2006]) {
    const { fault, runs, refusals } = await play(seed, stepsOf(seed, 3, true));
    t.is(fault, null, `seed ${seed}: ${fault?.kind}: ${fault?.text}`);
    counts.runs += runs;
    counts.refusals += refusals;
  }
  t.true(counts.runs > 3 && counts.refusals > 0, JSON.stringify(counts));
});

test('a forecast counts the whole of a shard that was planned for another split, where an image of it has changed', async (t) => {
  const run = 'run' as const;
  const steps: readonly Step[] = [
    { change: 'photographs told that several rows share', seed: 180402422, way: run },
    { change: 'an image of other content', seed: 1861432119, way: null },
    { change: 'an outlier set becomes a covariate-shifted one', seed: 354814703, way: run },
  ];
  t.like(await play(1010, steps), { fault: null, steps: 3, refusals: 0 });
});
