import test from 'ava';
import { ofSquares, withRootsOfSquares } from '../../stages/import/rewrites/roots-of-squares.js';
import type { Tensor } from '../../stages/onnx/model.js';
import { around, floats, node, type WrittenNode } from '../operations/graph.js';

/** Whether the root of squares that are multiplied by a tensor counts as one whose number is 0 only where they all are. */
function isMarked(factor: Tensor, how: 'initialiser' | 'Constant'): boolean {
  const model = around(
    [
      ...(how === 'Constant' ? [node('Constant', [], { value: { tensor: factor } }, ['factor'])] : []),
      node('ReduceSumSquare', ['x'], {}, ['squares']),
      node('Mul', ['squares', 'factor'], {}, ['scaled']),
      node('Sqrt', ['scaled']),
    ],
    how === 'initialiser' ? { factor } : {},
  );
  const { nodes, initializers } = model.graph;
  return withRootsOfSquares(nodes, initializers).some(({ attributes }) => attributes.has(ofSquares));
}

for (const how of ['initialiser', 'Constant'] as const)
  test(`a root of squares times numbers is one of squares unless one of the numbers is 0: ${how}`, (t) => {
    t.true(isMarked(floats([], [0.5]), how));
    t.false(isMarked(floats([], [0]), how));
    t.false(isMarked(floats([3], [1, 0, 2]), how));
  });

const isTaken = (nodes: readonly WrittenNode[]): boolean => {
  const { graph } = around(nodes, {
    half: floats([], [0.5]),
    third: floats([], [1 / 3]),
    k: floats([], [4]),
  });
  return withRootsOfSquares(graph.nodes, graph.initializers).some(({ attributes }) =>
    attributes.has(ofSquares),
  );
};

const pooled = (of: string, size: string): WrittenNode[] => [
  node('Sign', ['x'], {}, ['sign']),
  node('Abs', [of], {}, ['absolute']),
  node('Relu', ['absolute'], {}, ['rectified']),
  node('Mul', ['sign', size], {}, ['signed']),
  node('Mul', ['signed', 'k'], {}, ['scaled']),
  node('Pow', ['scaled', 'third']),
];

test('a root of what a Relu gives, as LPPool takes, is one of squares', (t) => {
  t.true(isTaken(pooled('x', 'rectified')));
  t.true(isTaken([node('Relu', ['x'], {}, ['r']), node('Pow', ['r', 'half'])]));
  t.false(isTaken(pooled('sign', 'rectified')));
  t.false(isTaken(pooled('x', 'absolute')));
  t.false(isTaken([node('Relu', ['x'], {}, ['r']), node('Pow', ['r', 'k'])]));
});
