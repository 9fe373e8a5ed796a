import { onEachNumber } from '../batching/batching.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** The tensor itself. */
export const identity: Operation = {
  type: 'Identity',
  inputs: [1, 1],
  batching: onEachNumber,
  forward: (context) => [valueAt(context, 0)],
  backward: (context) => context.cotangent,
};
