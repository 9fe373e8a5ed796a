import type { Operation } from './operation.js';
import { valueAt } from './operands.js';

/** The tensor itself. */
export const identity: Operation = {
  type: 'Identity',
  forward: (context) => [valueAt(context, 0)],
  backward: (context) => context.cotangent,
};
