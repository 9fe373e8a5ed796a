import { overMatrices } from '../batching/products.js';
import { ModelError } from '../errors.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape, transposeLast } from '../graph/layout.js';
import { matMul as emitMatMul } from '../graph/matrix.js';
import { reduceToShape, squaredNormPerImage } from '../graph/reduction.js';
import { batchSum, rowsProduct } from '../lowerings/batch-gradient.js';
import { convolvedLinear, linearKernels } from '../lowerings/linear-layer.js';
import { positionsProduct, positionsProductNorm } from '../lowerings/positions-product.js';
import { weightForms } from '../lowerings/weight-forms.js';
import type { FloatTensor } from '../onnx/model.js';
import { transposed } from '../onnx/transposed.js';
import { constantAt, cotangentShape, formAt, isActivation, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

/**
 * x·W with a constant matrix W: a linear layer, at one or at many positions. Or the product of two activations, as in
 * attention.
 */
export const matMul: Operation = {
  type: 'MatMul',
  inputs: [2, 2],
  data: 'all',
  batching: overMatrices,
  slots: { 1: { parameter: 'linear-weight' } },
  mostConstantAxes: 2,
  weighted: true,
  addend: 'linear-bias',
  forward(context) {
    const [x, y] = [valueAt(context, 0), valueAt(context, 1)];
    if (isActivation(context, 1)) return [productOf(context.builder, x, y)];
    const { dims } = constantAt(context, 1);
    if (dims.length !== 2)
      throw new ModelError(`the constant has ${dims.length} axes, only matrices are supported`);
    return [convolved(context, x, false) ?? emitMatMul(context.builder, x, y)];
  },
  backward(context, slot) {
    const { builder: b, cotangent } = context;
    if (isActivation(context, 1)) return backThroughProduct(context, slot);
    const product = convolved(context, cotangent, true);
    if (product !== null) return product;
    const weight = transposedWeight(constantAt(context, 1));
    return emitMatMul(b, cotangent, b.floats(weight.dims, weight.data));
  },
  parameter(context) {
    const { builder: b, lowerings } = context;
    const gradient = () => positionsProduct(b, valueAt(context, 0), context.cotangent);
    return {
      squaredNorm: () =>
        isForEach(valueAt(context, 0))
          ? positionsProductNorm(b, valueAt(context, 0), context.cotangent, lowerings)
          : squaredNormPerImage(b, gradient()),
      gradient,
      batchGradient: () =>
        isForEach(valueAt(context, 0)) && b.batch !== null
          ? rowsProduct(b, valueAt(context, 0), context.cotangent)
          : batchSum(b, gradient()),
    };
  },
};

/** x·y of lists of matrices; of rows [N, K] with one matrix for all images, [1, K, M]. */
function productOf(b: GraphBuilder, x: Value, y: Value): Value {
  return emitMatMul(b, x, x.shape.length === 2 && isOneMatrix(y) ? withoutImages(b, y) : y);
}

function backThroughProduct(context: BackwardContext, slot: number): Value {
  const { builder: b, cotangent } = context;
  const [x, y] = [valueAt(context, 0), valueAt(context, 1)];
  const shape = cotangentShape(context, slot);
  if (slot === 0) {
    if (x.shape.length === 2) return productOf(b, cotangent, transposeLast(b, y));
    return reduceToShape(b, emitMatMul(b, cotangent, transposeLast(b, y)), shape);
  }
  if (isOneMatrix(y)) return positionsProduct(b, x, cotangent);
  return reduceToShape(b, emitMatMul(b, transposeLast(b, x), cotangent), shape);
}

const withoutImages = (b: GraphBuilder, y: Value): Value => reshape(b, y, y.shape.slice(1));

/** Whether it is one matrix for all images and positions. */
const isOneMatrix = (y: Value): boolean => !isForEach(y) && y.shape.length === 3;

/** Whether it is another for each image. */
const isForEach = ({ shape }: Value): boolean => shape[0] === 'N';

/** x·W, or x·Wᵀ, as a convolution where that is the form and x has one position, [N, features]; else null. */
function convolved(context: NodeContext, x: Value, isTransposed: boolean): Value | null {
  if (context.lowerings.linear !== 'convolved' || x.shape.length !== 2) return null;
  const kernels = formAt(context, 1, (weight) => linearKernels(weight, isTransposed, 1));
  return convolvedLinear(context.builder, x, kernels, null);
}

const transposedForms = weightForms();

function transposedWeight(weight: FloatTensor): FloatTensor {
  return transposedForms(weight, String(weight.dims), () => transposed(weight, [1, 0]));
}
