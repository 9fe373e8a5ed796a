import test from 'ava';
import { type Cell, cellKey, compareCells } from '../../stages/cells.js';
import { detectorNamed, detectors, usualDetectors } from '../../stages/detectors/index.js';
import { searchPasses } from '../../stages/detectors/plan-passes.js';
import { ablationCells } from '../../stages/detectors/search.js';

const grid = { epsilon: [0, 0.001, 0.002], temperature: [1, 10, 100] };
const keys = (cells: readonly Cell[]) => cells.map(cellKey);
const named = (...names: string[]) => names.map(detectorNamed);

test('each ablation searches its part of the grid', (t) => {
  t.deepEqual(keys(ablationCells('vanilla', grid)), ['0/1']);
  t.deepEqual(keys(ablationCells('only-epsilon', grid)), ['0/1', '0.001/1', '0.002/1']);
  t.deepEqual(keys(ablationCells('only-temperature', grid)), ['0/1', '0/10', '0/100']);
  t.is(ablationCells('full', grid).length, 9);
});

test('ablations fix ε = 0 and T = 1 even where the grid has neither', (t) => {
  const without = { epsilon: [0.002], temperature: [10] };
  t.deepEqual(keys(ablationCells('vanilla', without)), ['0/1']);
  t.deepEqual(keys(ablationCells('only-epsilon', without)), ['0.002/1']);
  t.deepEqual(keys(ablationCells('only-temperature', without)), ['0/10']);
  t.deepEqual(keys(ablationCells('full', without)), ['0.002/10']);
});

test('a grid written in any order, with repetitions, is searched in one order', (t) => {
  const shuffled = { epsilon: [0.002, 0, 0.001, 0], temperature: [100, 1, 10, 100] };
  t.deepEqual(ablationCells('full', shuffled), ablationCells('full', grid));
  t.deepEqual(searchPasses(detectors, shuffled), searchPasses(detectors, grid));
});

test('each detector reports the ablations of the paper', (t) => {
  const four = ['vanilla', 'only-epsilon', 'only-temperature', 'full'];
  t.deepEqual(
    Object.fromEntries(
      usualDetectors.map(detectorNamed).map(({ name, ablations }) => [name, [...ablations]]),
    ),
    {
      MSP: ['vanilla'],
      ODIN: ['full'],
      ML: ['vanilla'],
      G: four,
      SG: four,
    },
  );
});

test('with a gradient detector the whole grid is scored once and nothing is left for a forward pass', (t) => {
  const { cells, forwardTemperatures } = searchPasses(detectors, grid);
  t.deepEqual(keys(cells), keys(ablationCells('full', grid)));
  t.deepEqual(cells.toSorted(compareCells), [...cells]);
  t.deepEqual(forwardTemperatures, []);
});

test('without a gradient detector there is no backward pass, but forward passes at perturbed images', (t) => {
  const { cells, forwardCells, forwardTemperatures } = searchPasses(named('MSP', 'ODIN', 'ML'), grid);
  t.deepEqual(cells, []);
  t.deepEqual(keys(forwardCells), keys(ablationCells('full', grid).filter((cell) => cell.epsilon > 0)));
  t.deepEqual(forwardTemperatures, [1, 10, 100]);
});

test('MSP and ML alone need one forward pass at T = 1', (t) => {
  t.deepEqual(searchPasses(named('MSP', 'ML'), { epsilon: [0.002], temperature: [10] }), {
    cells: [],
    forwardCells: [],
    forwardTemperatures: [1],
  });
});

test('no cell is both scored and passed forward', (t) => {
  // ODIN asks for ε = 0 at every T, G too: one pass serves both.
  const { cells, forwardTemperatures } = searchPasses(named('ODIN', 'G'), {
    epsilon: [0, 0.001],
    temperature: [5],
  });
  t.deepEqual(keys(cells), ['0/1', '0/5', '0.001/1', '0.001/5']);
  t.deepEqual(forwardTemperatures, []);
});
