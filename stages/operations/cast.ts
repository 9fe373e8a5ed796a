import { ModelError } from '../errors.js';
import { requiredInt } from '../import/attributes.js';
import { elementTypeOf, floatTypes } from '../onnx/model.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** Between floating-point types the tensor itself: everything is computed in float32. */
export const cast: Operation = {
  type: 'Cast',
  inputs: [1, 1],
  anyBatchAxis: true,
  forward(context) {
    const code = requiredInt(context.node, 'to');
    const type = elementTypeOf(code);
    if (type === undefined || !floatTypes.has(type))
      throw new ModelError(
        `what depends on the image is cast to ${type ?? `element type ${code}`}: no gradient passes through it`,
      );
    return [valueAt(context, 0)];
  },
  backward: (context) => context.cotangent,
};
