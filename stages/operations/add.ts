import { add as emitAdd } from '../graph/arithmetic.js';
import { reduceToShape } from '../graph/reduction.js';
import { broadcastGradient } from './elementwise-parameter.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** x + y with broadcasting; a constant operand is a shift. */
export const add: Operation = {
  type: 'Add',
  slots: { 0: { parameter: 'shift' }, 1: { parameter: 'shift' } },
  forward: (context) => [emitAdd(context.builder, valueAt(context, 0), valueAt(context, 1))],
  backward: (context, slot) =>
    reduceToShape(context.builder, context.cotangent, valueAt(context, slot).shape),
  parameter: (context, slot) => broadcastGradient(context, slot, context.cotangent),
};
