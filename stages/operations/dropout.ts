import { onEachNumber } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** In evaluation mode the tensor itself. */
export const dropout: Operation = {
  type: 'Dropout',
  inputs: [1, 3],
  batching: onEachNumber,
  outputs: 2,
  forward(context) {
    const mode = context.operands[2];
    if (
      mode &&
      !(
        mode.kind === 'constant' &&
        mode.tensor.type === 'bool' &&
        mode.tensor.data.every((value) => value === 0)
      )
    )
      throw new ModelError('is in training mode; export the model after model.eval()');
    return [valueAt(context, 0)];
  },
  backward: (context) => context.cotangent,
};
