import test from 'ava';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { cpuLowerings } from '../../stages/lowerings/lowerings.js';
import { type GridFigure, type GridTiming, timeGrid } from '../../workers/bench/grid-passes.js';
import { resNet, seededWeights } from '../../workers/bench/networks/index.js';
import type { Engine, SessionOptions } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';

const model = resNet(seededWeights(1), {
  bottleneck: false,
  depths: [1],
  width: 4,
  classes: 3,
  side: 16,
});
const timing = {
  batch: 2,
  epsilons: 5,
  slices: [2, 5, 21],
  lowerings: cpuLowerings,
  threads: 1,
  seconds: 0,
};

test('all ways to score at many ε are timed in turn, and give the same norms', async (t) => {
  const figures = await figuresOf(onnxRuntimeCpu, timing);
  t.deepEqual(
    figures.map(({ way }) => way),
    [
      { kind: 'passes' },
      { kind: 'runs', each: 2 },
      { kind: 'slices', together: 2 },
      { kind: 'slices', together: 5 },
    ],
  );
  for (const { problem, difference, rounds, scoresPerSecond } of figures) {
    t.is(problem, null);
    t.is(rounds, 1);
    t.true((scoresPerSecond?.median ?? 0) > 0);
    // float32 sums whose order depends on the number of images.
    t.true((difference ?? Number.NaN) < 1e-4);
  }
});

test('a way that the device has no room for is named with its reason, and the others are timed', async (t) => {
  const small = {
    ...onnxRuntimeCpu,
    open: async (file: string, options: SessionOptions) => {
      if (file.endsWith('grid.onnx')) throw new Error('out of memory');
      return onnxRuntimeCpu.open(file, options);
    },
  };
  const figures = await figuresOf(small, { ...timing, slices: [5] });
  t.deepEqual(
    figures.map(({ problem, scoresPerSecond }) => [problem, scoresPerSecond === null]),
    [
      [null, false],
      ['out of memory', true],
    ],
  );
});

function figuresOf(engine: Engine, options: GridTiming): Promise<readonly GridFigure[]> {
  return withTemporaryFolder(async (folder) => {
    const figures: GridFigure[] = [];
    for await (const figure of timeGrid(engine, model, folder, options)) figures.push(figure);
    return figures;
  });
}
