import { onEachNumber } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import { equal, multiply, where } from '../graph/arithmetic.js';
import { requiredInt } from '../import/attributes.js';
import { unlessOverflown } from '../lowerings/gates.js';
import { elementTypeCodes, elementTypeOf } from '../onnx/model.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

const floating: readonly (number | undefined)[] = [
  elementTypeCodes.float32,
  elementTypeCodes.float64,
  elementTypeCodes.float16,
  elementTypeCodes.bfloat16,
];

/**
 * Another floating-point type, which is the tensor itself: what precision is computed in, the lowerings say. Or the test
 * whether a number is any but 0.
 */
export const cast: Operation = {
  type: 'Cast',
  inputs: [1, 1],
  batching: onEachNumber,
  forward(context) {
    const to = requiredInt(context.node, 'to');
    // Truth values are the numbers 0 and 1.
    if (to === elementTypeCodes.bool) {
      const { builder: b } = context;
      const x = valueAt(context, 0);
      return [unlessOverflown(b, where(b, equal(b, x, b.scalar(0)), b.scalar(0), b.scalar(1)), x)];
    }
    if (!floating.includes(to))
      throw new ModelError(
        `it makes ${elementTypeOf(to) ?? `type ${to}`} of what is computed from the image, which has no derivative; compute in floating-point numbers, with mask.float().sum() to count, and torch.floor to cut off`,
      );
    return [valueAt(context, 0)];
  },
  backward({ builder: b, node, cotangent }) {
    const isTest = requiredInt(node, 'to') === elementTypeCodes.bool;
    return isTest ? multiply(b, cotangent, b.scalar(0)) : cotangent;
  },
};
