import { reshape as emitReshape } from '../graph/layout.js';
import { intAttribute } from '../import/attributes.js';
import { resolveReshape } from '../import/views.js';
import { sizesAt, valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** Another shape for the same elements; the batch stays the first axis. */
export const reshape: Operation = {
  type: 'Reshape',
  inputs: [2, 2],
  forward(context) {
    const x = valueAt(context, 0);
    const [first, ...rest] = sizesAt(context, 1);
    // A file exported at a fixed batch size writes it into its reshapes.
    const target =
      first !== undefined && first === context.fixedBatch && x.shape[0] === 'N'
        ? (['N', ...rest] as const)
        : sizesAt(context, 1);
    return [
      emitReshape(
        context.builder,
        x,
        resolveReshape(x.shape, target, intAttribute(context.node, 'allowzero', 0) !== 0),
      ),
    ];
  },
  backward: (context) => emitReshape(context.builder, context.cotangent, valueAt(context, 0).shape),
};
