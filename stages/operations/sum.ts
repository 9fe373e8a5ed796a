import { broadcasting } from '../batching/broadcasting.js';
import { add } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { valueAt } from './operands.js';
import type { Operation, SlotRole } from './operation.js';

/** Terms that may be constants and that there are, at most. */
const mostTerms = 64;

/** The sum of any number of terms, with broadcasting; constant terms of several elements are shifts. */
export const sum: Operation = {
  type: 'Sum',
  inputs: [1, mostTerms],
  data: 'all',
  batching: broadcasting,
  slots: Object.fromEntries(
    Array.from({ length: mostTerms }, (_, slot): [number, SlotRole] => [slot, { parameter: 'shift' }]),
  ),
  forward(context) {
    const { builder: b } = context;
    const terms = context.operands.map((_, slot) => valueAt(context, slot));
    return [
      terms.reduce((total: Value, term) => {
        requireBroadcast(total.shape, term.shape);
        return add(b, total, term);
      }),
    ];
  },
  ...backThroughBroadcast(({ cotangent }) => cotangent),
};
