import test from 'ava';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, booleans, floats, integers, node, type WrittenNode } from '../operations/graph.js';

const low = Number.NEGATIVE_INFINITY;
const triangle = floats([4, 4], [0, low, low, low, 0, 0, low, low, 0, 0, 0, low, 0, 0, 0, 0]);
const attention = (scores: string): WrittenNode[] => [
  node('Softmax', [scores], { axis: { int: -1 } }, ['shares']),
  node('MatMul', ['shares', 'x']),
];

const ways: readonly (readonly [string, readonly WrittenNode[], boolean])[] = [
  [
    'times beta, as baddbmm does',
    [
      node('Unsqueeze', ['mask', 'front'], {}, ['seen']),
      node('Mul', ['seen', 'one'], {}, ['scaled']),
      node('Add', ['x', 'scaled'], {}, ['sum']),
      ...attention('sum'),
    ],
    true,
  ],
  [
    'before a scale',
    [
      node('Add', ['x', 'mask'], {}, ['sum']),
      node('Mul', ['half', 'sum'], {}, ['part']),
      node('Div', ['part', 'scales'], {}, ['scaled']),
      ...attention('scaled'),
    ],
    true,
  ],
  [
    'with more places masked',
    [
      node('Unsqueeze', ['mask', 'front'], {}, ['seen']),
      node('Where', ['places', 'low', 'seen'], {}, ['both']),
      node('Add', ['x', 'both'], {}, ['sum']),
      ...attention('sum'),
    ],
    true,
  ],
  [
    'times a negative number',
    [
      node('Add', ['x', 'mask'], {}, ['sum']),
      node('Mul', ['sum', 'negative'], {}, ['scaled']),
      ...attention('scaled'),
    ],
    false,
  ],
  ['before no softmax', [node('Add', ['x', 'mask'])], false],
];

for (const [how, nodes, isNone] of ways)
  test(`a mask ${how} is ${isNone ? 'no' : 'a'} parameter`, (t) => {
    const model = around(nodes, {
      ...{ mask: triangle, front: integers([0]), one: floats([], [1]), half: floats([], [0.5]) },
      ...{
        low: floats([], [low]),
        places: { ...booleans(false, false, true, false), dims: [4] },
        scales: floats([4, 1, 1], [1, 2, 3, 4]),
        negative: floats([], [-1]),
      },
    });
    const { parameters } = decideModelParameters({ ...model, producer: 'pytorch' });
    t.is(
      parameters.every(({ name }) => name !== 'mask'),
      isNone,
    );
  });
