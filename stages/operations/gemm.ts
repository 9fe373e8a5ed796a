import { overLastAxis } from '../batching/products.js';
import { ModelError } from '../errors.js';
import { multiply } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { transposeLast } from '../graph/layout.js';
import { gemm as emitGemm, matMul } from '../graph/matrix.js';
import { reduceSumSquare, squaredNormPerImage } from '../graph/reduction.js';
import { broadcastShapes, formatShape, sameShape } from '../graph/shape.js';
import { floatAttribute, intAttribute } from '../import/attributes.js';
import { batchSum, rowsProduct } from '../lowerings/batch-gradient.js';
import { addBias } from '../lowerings/bias.js';
import { convolvedLinear, linearKernels } from '../lowerings/linear-layer.js';
import { positionsProduct, positionsProductNorm } from '../lowerings/positions-product.js';
import { weightForms } from '../lowerings/weight-forms.js';
import { transposed } from '../onnx/transposed.js';
import { broadcastGradient } from './elementwise-parameter.js';
import { constantAt, formAt, optionalValueAt, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

/** alpha · x·W + beta · bias: a linear layer. */
export const gemm: Operation = {
  type: 'Gemm',
  inputs: [2, 3],
  batching: overLastAxis,
  slots: { 1: { parameter: 'linear-weight' }, 2: { parameter: 'linear-bias' } },
  weighted: true,
  addend: 'linear-bias',
  forward(context) {
    const { dims } = constantAt(context, 1);
    if (dims.length !== 2)
      throw new ModelError(`the constant has ${dims.length} axes, only matrices are supported`);
    const { shape } = valueAt(context, 0);
    if (shape.length > 3)
      throw new ModelError(`input has shape ${formatShape(shape)}, expected [N, features]`);
    const bias = optionalValueAt(context, 2);
    const product = productOf(context, valueAt(context, 0), bias, options(context));
    if (bias && !sameShape(broadcastShapes(product.shape, bias.shape), product.shape))
      throw new ModelError(`bias ${formatShape(bias.shape)} is larger than ${formatShape(product.shape)}`);
    return [product];
  },
  backward(context, slot) {
    if (slot !== 0) throw new ModelError(`input ${slot} computed from the image is not supported`);
    const { transB, alpha } = options(context);
    return productOf(context, context.cotangent, null, { transB: !transB, alpha, beta: 1 });
  },
  parameter(context, slot) {
    const b = context.builder;
    const { transB, alpha, beta } = options(context);
    if (slot === 2) return broadcastGradient(context, 2, scaled(context, beta));
    const [x, delta] = [valueAt(context, 0), scaled(context, alpha)];
    const gradient = () => {
      const product = positionsProduct(b, x, delta);
      return transB ? transposeLast(b, product) : product;
    };
    const squaredNorm = () => {
      if (x.shape[0] !== 'N') return squaredNormPerImage(b, gradient());
      if (x.shape.length > 2) return positionsProductNorm(b, x, delta, context.lowerings);
      return multiply(b, reduceSumSquare(b, x, [1]), reduceSumSquare(b, delta, [1]));
    };
    const batchGradient = () => {
      if (x.shape[0] !== 'N' || b.batch === null) return batchSum(b, gradient());
      return transB ? rowsProduct(b, delta, x) : rowsProduct(b, x, delta);
    };
    return { squaredNorm, gradient, batchGradient };
  },
};

interface GemmOptions {
  readonly transB: boolean;
  readonly alpha: number;
  readonly beta: number;
}

/** alpha · x·W′ + beta · bias, W′ being the layer's matrix or its transpose, in the form that was chosen. */
function productOf(context: NodeContext, x: Value, bias: Value | null, how: GemmOptions): Value {
  const { builder: b, lowerings } = context;
  if (x.shape.length > 2) {
    const product = matMul(b, x, scaledMatrix(context, how));
    if (bias === null) return product;
    return addBias(
      b,
      product,
      how.beta === 1 ? bias : multiply(b, bias, b.scalar(how.beta)),
      lowerings.biases,
    );
  }
  if (lowerings.linear === 'gemm') return emitGemm(b, x, valueAt(context, 1), bias && withAxis(b, bias), how);
  const kernels = formAt(context, 1, (weight) => linearKernels(weight, how.transB, how.alpha));
  return convolvedLinear(b, x, kernels, bias, how.beta);
}

/** A number alone as a vector of it: WebGPU's provider ends the process at a Gemm whose third input has no axes. */
function withAxis(b: GraphBuilder, bias: Value): Value {
  const { constant } = bias;
  return constant?.type === 'float32' && constant.dims.length === 0 ? b.floats([1], constant.data) : bias;
}

const matrices = weightForms();

/** alpha · W, or alpha · Wᵀ, as a constant [features, …] that rows are multiplied by. */
function scaledMatrix(context: NodeContext, { transB, alpha }: GemmOptions): Value {
  return formAt(context, 1, (weight) =>
    matrices(weight, `${weight.dims}/${transB}/${alpha}`, () => {
      const turned = transB ? transposed(weight, [1, 0]) : weight;
      return alpha === 1 ? turned : { ...turned, data: turned.data.map((value) => alpha * value) };
    }),
  );
}

function options(context: NodeContext): GemmOptions {
  const { node } = context;
  return {
    transB: intAttribute(node, 'transB', 0) !== 0,
    alpha: floatAttribute(node, 'alpha', 1),
    beta: floatAttribute(node, 'beta', 1),
  };
}

function scaled(context: BackwardContext, factor: number): Value {
  const { builder: b, cotangent } = context;
  return factor === 1 ? cotangent : multiply(b, cotangent, b.scalar(factor));
}
