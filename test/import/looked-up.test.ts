import test from 'ava';
import type { Model, Tensor } from '../../stages/onnx/model.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, booleans, floats, integers, node, type WrittenNode } from '../operations/graph.js';
import { differenceToRuntime } from './against-runtime.js';

const sizes: readonly WrittenNode[] = [
  node('Shape', ['x'], {}, ['shape']),
  node('Slice', ['shape', 'zero', 'two'], {}, ['sizes']),
];
const filled = (value: Tensor): WrittenNode[] => [
  ...sizes,
  node('ConstantOfShape', ['sizes'], { value: { tensor: value } }, ['filled']),
];
/** x and what is made for each image. */
const beside = (...nodes: readonly WrittenNode[]): Model =>
  around(nodes, {
    ...{
      zero: integers([0]),
      two: integers([2]),
      places: integers([3, 0, 1, 3], [1, 4]),
      axes: integers([2, 3]),
    },
    ...{ table: floats([5, 4, 4]), number: floats([], [-0.5]) },
  });

const lookedUp = (places: string): WrittenNode[] => [
  node('Gather', ['table', places], {}, ['rows']),
  node('Add', ['x', 'rows']),
];

for (const [what, model] of [
  [
    'places that are expanded',
    beside(...sizes, node('Expand', ['places', 'sizes'], {}, ['each']), ...lookedUp('each')),
  ],
  ['one place', beside(...filled(integers([2])), ...lookedUp('filled'))],
] as const)
  test(`a table is looked up at ${what} for each image`, async (t) => {
    t.true((await differenceToRuntime(model)) < 1e-6);
    const { parameters } = decideModelParameters(model);
    t.deepEqual(
      parameters.map(({ name, uses }) => [name, uses.length]),
      [
        ['stem.weight', 1],
        ['table', 1],
      ],
    );
  });

test('truth values that fill a tensor for each image mask and are counted', async (t) => {
  const model = beside(
    ...filled({ ...booleans(true), dims: [1] }),
    node('Unsqueeze', ['filled', 'axes'], {}, ['mask']),
    node('Cast', ['mask'], { to: { int: 1 } }, ['numbers']),
    node('Cast', ['mask'], { to: { int: 7 } }, ['whole']),
    node('ReduceSum', ['whole', 'axes'], {}, ['sum']),
    node('Cast', ['sum'], { to: { int: 1 } }, ['count']),
    node('Mul', ['x', 'numbers'], {}, ['masked']),
    node('Div', ['masked', 'count'], {}, ['mean']),
    node('Where', ['mask', 'mean', 'number']),
  );
  t.true((await differenceToRuntime(model)) < 1e-6);
});
