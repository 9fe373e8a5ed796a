import { type Batching, integers } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import { add, expand } from '../graph/arithmetic.js';
import { zerosPerImage } from '../graph/reduction.js';
import type { Dim } from '../graph/shape.js';
import { sizesAt } from '../import/known-sizes.js';
import { holdsImages, perImage } from '../import/sizes.js';
import { listed } from '../shown.js';
import type { NodeContext, Operation } from './operation.js';

/**
 * The images of a shape lie along the axis that has their number, which becomes the first. Where that axis holds several parts
 * of each, as heads of attention, they are taken to lie inside it, as everywhere in PyTorch: the number is the same in all.
 */
const alongTheirAxis: Batching = ({ node, operands }) => {
  const sizes = sizesAt({ operands }, 0);
  const axis = sizes.findIndex(holdsImages);
  if (sizes.filter(holdsImages).length > 1)
    throw new ModelError(
      `it fills [${listed(sizes)}], which has the images along several axes; export the model for one image at a time: with a batch of 1, without dynamic_axes`,
    );
  const parts = perImage(sizes[axis] ?? 'N');
  const target = integers(['N', ...sizes.toSpliced(axis, 1, ...(parts === 1 ? [] : [parts]))]);
  return { node, operands: [target], batch: { axis, before: 1, after: parts } };
};

/**
 * One number in a shape of which the number of images is part: zeros that a class token is added to. Of a shape without
 * it, it is a constant that is made when the model is read.
 */
export const constantOfShape: Operation = {
  type: 'ConstantOfShape',
  inputs: [1, 1],
  // What is added to it is no normalisation of the image, which has no part in it.
  weighted: true,
  batching: alongTheirAxis,
  forward(context) {
    const { builder: b, images } = context;
    const shape = sizesAt(context, 0).map((size): Dim => (holdsImages(size) ? 'N' : size));
    const number = add(b, zerosPerImage(b, images, shape.length), b.scalar(numberOf(context)));
    return [expand(b, number, shape)];
  },
  backward: () => {
    throw new ModelError('a filled tensor has no input');
  },
};

function numberOf({ node }: NodeContext): number {
  const value = node.attributes.get('value');
  if (value === undefined) return 0;
  // Truth values are the numbers 0 and 1.
  if (value.kind !== 'tensor' || (value.value.type !== 'float32' && value.value.type !== 'bool'))
    throw new ModelError(
      'only floating-point numbers and truth values can fill a tensor with a part for each image; export the model for one image at a time: with a batch of 1, without dynamic_axes',
    );
  return value.value.data[0] ?? 0;
}
