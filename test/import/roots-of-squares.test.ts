import test from 'ava';
import { ofSquares, withRootsOfSquares } from '../../stages/import/rewrites/roots-of-squares.js';
import type { Tensor } from '../../stages/onnx/model.js';
import { around, floats, node } from '../operations/graph.js';

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
