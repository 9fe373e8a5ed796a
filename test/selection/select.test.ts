import test from 'ava';
import { chosenPasses } from '../../pipeline/selection/chosen.js';
import { select } from '../../pipeline/selection/select.js';
import { type Cell, cellKey } from '../../stages/cells.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';

const grid = { epsilon: [0, 0.001, 0.002], temperature: [1, 10] };

/** A split whose log SG at each cell is given; the other columns are the same at every cell. */
function split(
  set: string,
  logSG: (cell: Cell) => readonly number[],
  size = logSG({ epsilon: 0, temperature: 1 }).length,
): SplitScores {
  return {
    set,
    size,
    labels: new Int32Array(size),
    idAt: String,
    baseAt: (image) => `${set} ${image}`,
    failed: 0,
    at: (cell) => ({
      predicted: new Int32Array(size),
      maxLogit: new Float64Array(size).fill(5),
      logOdds: new Float64Array(size).fill(2),
      logSG: Float64Array.from(logSG(cell)),
    }),
  };
}

const inDomain = split('clean', () => [0, 1, 2, 3]);
const sg = [detectorNamed('SG')];

test('the chosen cell has the largest validation ROC-AUC', (t) => {
  const outlier = split('O', ({ epsilon, temperature }) =>
    epsilon === 0.001 && temperature === 10 ? [4, 5] : [1.5, 2.5],
  );
  const rows = select({ model: 'm', inDomain, outliers: [outlier], detectors: sg, grid });
  const full = rows.find((row) => row.ablation === 'full');
  t.deepEqual(full, {
    model: 'm',
    outlier: 'O',
    detector: 'SG',
    ablation: 'full',
    epsilon: 0.001,
    temperature: 10,
    validationAuroc: 1,
  });
});

test('each ablation chooses inside its own part of the grid', (t) => {
  const outlier = split('O', ({ epsilon, temperature }) => [1.1 + 1000 * epsilon + temperature / 100]);
  const rows = select({ model: 'm', inDomain, outliers: [outlier], detectors: sg, grid });
  t.deepEqual(
    rows.map(({ ablation, epsilon, temperature }) => [ablation, epsilon, temperature]),
    [
      ['vanilla', 0, 1],
      ['only-epsilon', 0.002, 1],
      ['only-temperature', 0, 1],
      ['full', 0.002, 1],
    ],
  );
});

test('ties go to the smallest ε first, then to the smallest T, however the grid is written', (t) => {
  const best: readonly string[] = ['0.001/10', '0.001/1', '0.002/1'];
  const outlier = split('O', (cell) => (best.includes(cellKey(cell)) ? [9, 9] : [1, 1]));
  for (const written of [grid, { epsilon: [0.002, 0.001, 0], temperature: [10, 1] }]) {
    const rows = select({ model: 'm', inDomain, outliers: [outlier], detectors: sg, grid: written });
    const full = rows.find((row) => row.ablation === 'full');
    t.is(full?.epsilon, 0.001);
    t.is(full?.temperature, 1);
  }
});

test('each outlier set chooses its own cell, and rows come by set, detector and ablation', (t) => {
  const at = (epsilon: number) => (cell: Cell) => (cell.epsilon === epsilon ? [9] : [1]);
  const outliers = [split('O', at(0.002)), split('R', at(0.001))];
  const detectors = ['MSP', 'G', 'SG'].map(detectorNamed);
  const rows = select({ model: 'm', inDomain, outliers, detectors, grid });
  t.is(rows.length, 2 * (1 + 4 + 4));
  t.deepEqual(
    rows
      .filter((row) => row.detector === 'SG' && row.ablation === 'full')
      .map((row) => [row.outlier, row.epsilon]),
    [
      ['O', 0.002],
      ['R', 0.001],
    ],
  );
  t.deepEqual(
    [...new Set(rows.map((row) => `${row.outlier} ${row.detector}`))],
    ['O MSP', 'O G', 'O SG', 'R MSP', 'R G', 'R SG'],
  );
});

test('only cells of the search are asked for', (t) => {
  const asked = new Set<string>();
  const watching = split(
    'O',
    (cell) => {
      asked.add(cellKey(cell));
      return [1];
    },
    1,
  );
  select({ model: 'm', inDomain, outliers: [watching], detectors: [detectorNamed('MSP')], grid });
  t.deepEqual([...asked], ['0/1']);
});

test('a set without a usable validation image is an error that names it', (t) => {
  const empty = { ...split('A', () => [], 0), failed: 12 };
  t.throws(() => select({ model: 'm', inDomain, outliers: [empty], detectors: sg, grid }), {
    message: /no validation image of "A" could be scored by m \(12 failed\)/,
  });
});

test('a score that is not finite is an error that names detector, model, cell and set', (t) => {
  const bad = split('O', ({ temperature }) => (temperature === 10 ? [1, NaN] : [1, 2]));
  t.throws(() => select({ model: 'm', inDomain, outliers: [bad], detectors: sg, grid }), {
    message: /^SG of m at ε=0, T=10 on validation: the score of O image 1 .* is NaN/,
  });
});

test('test images are scored at chosen cells, and passed forward at ε = 0 for every other temperature', (t) => {
  const row = { model: 'm', outlier: 'O', ablation: 'full', validationAuroc: 1 } as const;
  const passes = chosenPasses(
    [
      { ...row, detector: 'G', epsilon: 0, temperature: 10 },
      { ...row, detector: 'SG', epsilon: 0.001, temperature: 10 },
      { ...row, detector: 'ODIN', epsilon: 0, temperature: 100 },
      { ...row, detector: 'ODIN', epsilon: 0.002, temperature: 100 },
    ],
    { epsilon: [0, 0.001, 0.002], temperature: [10, 100] },
  );
  t.deepEqual(passes.cells.map(cellKey), ['0/10', '0.001/10']);
  t.deepEqual(passes.forwardCells.map(cellKey), ['0.002/100']);
  t.deepEqual(passes.forwardTemperatures, [1, 100]);
});
