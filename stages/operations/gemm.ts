import { ModelError } from '../errors.js';
import { multiply } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { reshape, transposeLast } from '../graph/layout.js';
import { gemm as emitGemm, matMul } from '../graph/matrix.js';
import { reduceSumSquare } from '../graph/reduction.js';
import { broadcastShapes, formatShape, sameShape, sizeOf } from '../graph/shape.js';
import { floatAttribute, intAttribute } from '../import/attributes.js';
import { convolvedLinear, linearKernels } from '../lowerings/linear-layer.js';
import { broadcastGradient } from './elementwise-parameter.js';
import { constantAt, formAt, optionalValueAt, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

/** alpha · x·W + beta · bias: a linear layer. */
export const gemm: Operation = {
  type: 'Gemm',
  inputs: [2, 3],
  slots: { 1: { parameter: 'linear-weight' }, 2: { parameter: 'linear-bias' } },
  weighted: true,
  addend: 'linear-bias',
  forward(context) {
    if (intAttribute(context.node, 'transA', 0) !== 0)
      throw new ModelError('transA is not supported for an input with a batch axis');
    const { dims } = constantAt(context, 1);
    if (dims.length !== 2)
      throw new ModelError(`the constant has ${dims.length} axes, only matrices are supported`);
    const { shape } = valueAt(context, 0);
    if (shape.length !== 2)
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
    return {
      squaredNorm: () => multiply(b, reduceSumSquare(b, x, [1]), reduceSumSquare(b, delta, [1])),
      gradient: () => {
        const outer = matMul(
          b,
          reshape(b, x, ['N', sizeOf(x.shape, 1), 1]),
          reshape(b, delta, ['N', 1, sizeOf(delta.shape, 1)]),
        );
        return transB ? transposeLast(b, outer) : outer;
      },
    };
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
  if (lowerings.linear === 'gemm') return emitGemm(b, x, valueAt(context, 1), bias, how);
  const kernels = formAt(context, 1, (weight) => linearKernels(weight, how.transB, how.alpha));
  return convolvedLinear(b, x, kernels, bias, how.beta);
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
