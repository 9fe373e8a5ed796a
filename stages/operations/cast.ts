import { onEachNumber } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import { requiredInt } from '../import/attributes.js';
import { elementTypeCodes, elementTypeOf } from '../onnx/model.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

const floating: readonly (number | undefined)[] = [
  elementTypeCodes.float32,
  elementTypeCodes.float64,
  elementTypeCodes.float16,
  elementTypeCodes.bfloat16,
];

/** Another floating-point type, which is the tensor itself: what precision is computed in, the lowerings say. */
export const cast: Operation = {
  type: 'Cast',
  inputs: [1, 1],
  batching: onEachNumber,
  forward(context) {
    const to = requiredInt(context.node, 'to');
    if (!floating.includes(to))
      throw new ModelError(
        `it makes ${elementTypeOf(to) ?? `type ${to}`} of what is computed from the image, which has no derivative`,
      );
    return [valueAt(context, 0)];
  },
  backward: (context) => context.cotangent,
};
