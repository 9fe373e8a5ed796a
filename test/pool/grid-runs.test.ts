import test from 'ava';
import fc from 'fast-check';
import { gridRuns } from '../../workers/grid-runs.js';

const cellsAt = (temperature: number, epsilons: readonly number[]) =>
  epsilons.map((epsilon) => ({ epsilon, temperature }));
const steps = (count: number) => Array.from({ length: count }, (_, at) => at / 1000);

test('full groups come first, and what is left is scored one by one where it is no more than half a group', (t) => {
  const sizes = (count: number) => gridRuns(cellsAt(1, steps(count)), 5).map(({ count }) => count);
  t.deepEqual(sizes(1), [1]);
  t.deepEqual(sizes(2), [1, 1]);
  t.deepEqual(sizes(5), [5]);
  t.deepEqual(sizes(7), [5, 1, 1]);
  t.deepEqual(sizes(8), [5, 3]);
  t.deepEqual(sizes(21), [5, 5, 5, 5, 1]);
});

test('a group that is not full is padded with its last ε', (t) => {
  t.deepEqual(gridRuns(cellsAt(10, [0, 0.1, 0.2]), 5), [
    { first: 0, count: 3, temperature: 10, epsilons: [0, 0.1, 0.2, 0.2, 0.2] },
  ]);
});

test('temperatures never share a run', (t) => {
  const cells = [...cellsAt(1, [0, 0.1]), ...cellsAt(2, [0, 0.1, 0.2])];
  t.deepEqual(
    gridRuns(cells, 4).map(({ first, count, temperature }) => [first, count, temperature]),
    [
      [0, 1, 1],
      [1, 1, 1],
      [2, 3, 2],
    ],
  );
});

test('every cell is scored once, in its order, by a graph for a whole group or for one ε', (t) => {
  const lists = fc.array(
    fc.record({ temperature: fc.constantFrom(1, 2), epsilon: fc.constantFrom(0, 1, 2) }),
  );
  fc.assert(
    fc.property(lists, fc.integer({ min: 2, max: 7 }), (cells, group) => {
      const runs = gridRuns(cells, group);
      const scored = runs.flatMap(({ count, temperature, epsilons }) =>
        epsilons.slice(0, count).map((epsilon) => ({ temperature, epsilon })),
      );
      t.deepEqual(scored, cells);
      let next = 0;
      for (const { first, count, epsilons } of runs) {
        t.is(first, next);
        t.true(epsilons.length === group || (epsilons.length === 1 && count === 1));
        next += count;
      }
    }),
  );
});
