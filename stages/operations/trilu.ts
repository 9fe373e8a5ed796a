import { type Batching, firstOf, refuseMixing, shapeInModel } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import { less, where } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { formatShape, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { integersOf } from '../import/operand.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** Matrices are the last two axes, neither of which may hold images. */
const ofMatrices: Batching = ({ node, operands }) => {
  const x = firstOf(operands);
  const rank = shapeInModel(x).length;
  if (rank < 2) throw new ModelError(`${formatShape(shapeInModel(x))} has no triangles`);
  if (x.batch && x.batch.axis >= rank - 2) refuseMixing(x.batch.axis, x);
  return { node, operands, batch: x.batch };
};

/** Each matrix, with zeros below, or above, a diagonal: of weights that a mask of places is part of, as of what they are made. */
export const trilu: Operation = {
  type: 'Trilu',
  inputs: [1, 2],
  batching: ofMatrices,
  forward: (context) => [kept(context, valueAt(context, 0))],
  backward: (context) => kept(context, context.cotangent),
};

/** A value where the triangle is, 0 elsewhere. */
function kept(context: NodeContext, x: Value): Value {
  const { builder: b, node, operands } = context;
  const [rows, columns] = [sizeOf(x.shape, x.shape.length - 2), sizeOf(x.shape, x.shape.length - 1)];
  const diagonal = operands[1] ? integersOf(operands[1])?.sizes[0] : 0;
  if (typeof diagonal !== 'number')
    throw new ModelError('input 1, the diagonal, must be a number that is known before any image is');
  const isUpper = intAttribute(node, 'upper', 1) !== 0;
  const isKept = (row: number, column: number): boolean =>
    isUpper ? column - row >= diagonal : column - row <= diagonal;
  const mask = b.derived(
    `triangle ${JSON.stringify([rows, columns, diagonal, isUpper])}`,
    [rows, columns],
    () =>
      Float32Array.from({ length: rows * columns }, (_, at) =>
        Number(isKept(Math.floor(at / columns), at % columns)),
      ),
  );
  return where(b, less(b, b.scalar(0.5), mask), x, b.scalar(0));
}
