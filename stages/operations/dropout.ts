import { onEachNumber } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import type { Operand } from '../import/operand.js';
import type { Tensor } from '../onnx/model.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** In evaluation mode, or where nothing is dropped, the tensor itself. */
export const dropout: Operation = {
  type: 'Dropout',
  inputs: [1, 3],
  batching: onEachNumber,
  outputs: 2,
  forward(context) {
    if (!isZero(context.operands[2], 'bool') && !isZero(context.operands[1], 'float32'))
      throw new ModelError('is in training mode; export the model after model.eval()');
    return [valueAt(context, 0)];
  },
  backward: (context) => context.cotangent,
};

/** Whether it is left out, or holds nothing but zeros. */
function isZero(operand: Operand | null | undefined, type: Tensor['type']): boolean {
  if (!operand) return type === 'bool';
  return (
    operand.kind === 'constant' &&
    operand.tensor.type === type &&
    operand.tensor.data.every((value) => Number(value) === 0)
  );
}
