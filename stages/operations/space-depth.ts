import { ModelError } from '../errors.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape, transpose } from '../graph/layout.js';
import { type Dim, formatShape, sizeOf } from '../graph/shape.js';
import { requiredInt, textAttribute } from '../import/attributes.js';
import { shown } from '../shown.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

// Blocks of pixels as channels, and back: the same elements in another order.

/** How elements change places: the axes that they are given between, and the order that those are brought into. */
interface Reordering {
  readonly apart: readonly Dim[];
  readonly order: readonly number[];
  readonly after: readonly Dim[];
}

function reordering(type: string, of: (context: NodeContext, block: number) => Reordering): Operation {
  const read = (context: NodeContext): Reordering => {
    const { shape } = valueAt(context, 0);
    if (shape.length !== 4)
      throw new ModelError(`input has shape ${formatShape(shape)}, expected [N, C, H, W]`);
    const block = requiredInt(context.node, 'blocksize');
    if (!Number.isSafeInteger(block) || block < 1)
      throw new ModelError(`blocksize is ${block}, expected a positive number`);
    return of(context, block);
  };
  return {
    type,
    inputs: [1, 1],
    forward(context) {
      const { apart, order, after } = read(context);
      return [moved(context.builder, valueAt(context, 0), apart, order, after)];
    },
    backward(context) {
      const { builder: b, cotangent } = context;
      const { apart, order } = read(context);
      const arranged = order.map((axis): Dim => apart[axis] ?? 1);
      const back = order.map((_, axis) => order.indexOf(axis));
      return moved(b, cotangent, arranged, back, valueAt(context, 0).shape);
    },
  };
}

const moved = (
  b: GraphBuilder,
  x: Value,
  apart: readonly Dim[],
  order: readonly number[],
  after: readonly Dim[],
): Value => reshape(b, transpose(b, reshape(b, x, apart), order), after);

/** [N, C, H, W] → [N, b² · C, H/b, W/b]. */
export const spaceToDepth = reordering('SpaceToDepth', (context, block) => {
  const { shape } = valueAt(context, 0);
  const [batch = 'N'] = shape;
  const channels = sizeOf(shape, 1);
  const [rows, columns] = [2, 3].map((axis) => divided(sizeOf(shape, axis), block)) as [number, number];
  return {
    apart: [batch, channels, rows, block, columns, block],
    order: [0, 3, 5, 1, 2, 4],
    after: [batch, channels * block * block, rows, columns],
  };
});

/** [N, b² · C, H, W] → [N, C, b · H, b · W]; the channels of a block are apart (DCR) or neighbours (CRD). */
export const depthToSpace = reordering('DepthToSpace', (context, block) => {
  const { shape } = valueAt(context, 0);
  const [batch = 'N'] = shape;
  const channels = divided(sizeOf(shape, 1), block * block);
  const [rows, columns] = [sizeOf(shape, 2), sizeOf(shape, 3)];
  const after = [batch, channels, rows * block, columns * block];
  const mode = textAttribute(context.node, 'mode', 'DCR');
  switch (mode) {
    case 'DCR':
      return { apart: [batch, block, block, channels, rows, columns], order: [0, 3, 4, 1, 5, 2], after };
    case 'CRD':
      return { apart: [batch, channels, block, block, rows, columns], order: [0, 1, 4, 2, 5, 3], after };
    default:
      throw new ModelError(`mode is ${shown(mode)}, expected DCR or CRD`);
  }
});

/** @throws ModelError where blocks don't fill it */
function divided(size: number, block: number): number {
  if (size % block !== 0) throw new ModelError(`${size} don't divide into blocks of ${block}`);
  return size / block;
}
