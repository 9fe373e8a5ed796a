import { ints } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { intAttribute } from '../attributes.js';
import { Primitives } from './primitives.js';

/** Attributes of a convolution that say nothing where kernels are of 1 × 1. */
const neutral: Readonly<Record<string, number>> = { strides: 1, dilations: 1, kernel_shape: 1, pads: 0 };

/**
 * Whether a convolution is a product of each pixel's channels with a matrix.
 * @param kernels the shape of its kernels
 */
export function isPointwise(node: Node, kernels: readonly number[]): boolean {
  const says = [...node.attributes].every(
    ([name, value]) => value.kind !== 'ints' || value.value.every((one) => one === neutral[name]),
  );
  return (
    says &&
    intAttribute(node, 'group', 1) === 1 &&
    kernels.length === 4 &&
    kernels.slice(2).every((k) => k === 1)
  );
}

/** A convolution by kernels of 1 × 1 as a product with a matrix: a table of places has no images to convolve. */
export function pointwiseAsProduct(node: Node): Node[] {
  const made = new Primitives(node);
  const matrix = made.step('Squeeze', [made.input(1), made.integers([2, 3])]);
  const product = made.step('MatMul', [
    made.step('Transpose', [made.input(0)], { perm: ints([0, 2, 3, 1]) }),
    made.step('Transpose', [matrix], { perm: ints([1, 0]) }),
  ]);
  const sum = made.input(2) === '' ? product : made.step('Add', [product, made.input(2)]);
  return made.ending('Transpose', [sum], { perm: ints([0, 3, 1, 2]) });
}
