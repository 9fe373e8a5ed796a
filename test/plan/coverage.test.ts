import test from 'ava';
import { coverageOf } from '../../pipeline/plan/coverage.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';

test('a backward pass that is planned stays so, whichever shard of the same cell comes behind', (t) => {
  const cell = { epsilon: 0, temperature: 1 };
  const none = { cells: [], forwardCells: [], forwardTemperatures: [] };
  const gradient = { ...none, cells: [cell], rows: Int32Array.of(0, 1) } as unknown as PlannedShard;
  const forward = { ...none, forwardTemperatures: [1], rows: Int32Array.of(1, 2) } as unknown as PlannedShard;
  for (const shards of [
    [gradient, forward],
    [forward, gradient],
  ]) {
    const { gradientAt, forwardAt } = coverageOf(shards, 4);
    t.deepEqual([0, 1, 2, 3].map(gradientAt(cell)!), [true, true, false, false]);
    t.deepEqual([0, 1, 2, 3].map(forwardAt(cell)!), [true, true, true, false]);
  }
});
