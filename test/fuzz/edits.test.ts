import test from 'ava';
import { play, stepsOf } from '../../scripts/fuzz/edits/play.js';

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
