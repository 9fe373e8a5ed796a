import { add, multiply } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { conv, pointwise } from '../graph/convolution.js';
import { reshape } from '../graph/layout.js';
import { formatShape, sizeOf } from '../graph/shape.js';
import type { FloatTensor } from '../onnx/model.js';
import { transposed } from '../onnx/transposed.js';
import { weightForms } from './weight-forms.js';

const kernelForms = weightForms();

/**
 * alpha times the matrix of a linear layer as 1×1 kernels, [O, C, 1, 1].
 * @param weight [C, O], or [O, C] where it is transposed
 */
export function linearKernels(weight: FloatTensor, isTransposed: boolean, alpha: number): FloatTensor {
  return kernelForms(weight, `${weight.dims}/${isTransposed}/${alpha}`, () => {
    const { dims, data } = isTransposed ? weight : transposed(weight, [1, 0]);
    const scaled = alpha === 1 ? data : data.map((element) => alpha * element);
    return { type: 'float32', dims: [...dims, 1, 1], data: scaled };
  });
}

/**
 * x·W + beta · bias as a convolution of images of one pixel.
 * @param x [N, C] @param kernels [O, C, 1, 1] @param bias the same for all images, of whatever shape broadcasts to [N, O]
 * @returns [N, O]
 * @throws RangeError where x has another number of features than the kernels
 */
export function convolvedLinear(
  b: GraphBuilder,
  x: Value,
  kernels: Value,
  bias: Value | null,
  beta = 1,
): Value {
  const [batch = 'N', features] = x.shape;
  const [outputs, inputs] = [sizeOf(kernels.shape, 0), sizeOf(kernels.shape, 1)];
  if (features !== inputs)
    throw new RangeError(`${formatShape(x.shape)} and ${formatShape([inputs, outputs])} don't multiply`);
  const pixels = reshape(b, x, [batch, inputs, 1, 1]);
  const own = beta === 1 ? biasOf(b, bias, outputs) : null;
  const product = reshape(b, conv(b, pixels, kernels, own, pointwise, 1), [batch, outputs]);
  if (bias === null || own !== null) return product;
  return add(b, product, beta === 1 ? bias : multiply(b, bias, b.scalar(beta)));
}

/** A bias that a convolution can have: a constant with an element for each output. */
function biasOf(b: GraphBuilder, bias: Value | null, outputs: number): Value | null {
  const tensor = bias?.constant;
  if (tensor?.type !== 'float32' || tensor.data.length !== outputs || tensor.dims.at(-1) !== outputs)
    return null;
  return b.floats([outputs], tensor.data);
}
