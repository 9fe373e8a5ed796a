import { ModelError } from '../errors.js';
import { reshape } from '../graph/layout.js';
import { elementsPerImage } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** All axes of an image joined into one. */
export const flatten: Operation = {
  type: 'Flatten',
  inputs: [1, 1],
  forward(context) {
    const x = valueAt(context, 0);
    const axis = intAttribute(context.node, 'axis', 1);
    if (x.shape.length === 0 || (axis < 0 ? axis + x.shape.length : axis) !== 1)
      throw new ModelError(`axis ${axis} would merge the batch with other axes`);
    return [reshape(context.builder, x, ['N', elementsPerImage(x.shape)])];
  },
  backward: (context) => reshape(context.builder, context.cotangent, valueAt(context, 0).shape),
};
