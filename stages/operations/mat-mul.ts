import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { reshape, transposeLast } from '../graph/layout.js';
import { matMul as emitMatMul } from '../graph/matrix.js';
import { elementsPerImage, sizeOf } from '../graph/shape.js';
import { convolvedLinear, linearKernels } from '../lowerings/linear-layer.js';
import { cheapestForm, productNorm } from '../lowerings/product-norm.js';
import { weightForms } from '../lowerings/weight-forms.js';
import type { FloatTensor } from '../onnx/model.js';
import { transposed } from '../onnx/transposed.js';
import { constantAt, formAt, isActivation, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

/** x·W with a constant matrix W: a linear layer, at one or at many positions. */
export const matMul: Operation = {
  type: 'MatMul',
  inputs: [2, 2],
  slots: { 1: { parameter: 'linear-weight' } },
  weighted: true,
  addend: 'linear-bias',
  forward(context) {
    if (!isActivation(context, 0)) throw new ModelError('a constant on the left side is not supported');
    const { dims } = constantAt(context, 1);
    if (dims.length !== 2)
      throw new ModelError(`the constant has ${dims.length} axes, only matrices are supported`);
    const x = valueAt(context, 0);
    return [convolved(context, x, false) ?? emitMatMul(context.builder, x, valueAt(context, 1))];
  },
  backward(context) {
    const product = convolved(context, context.cotangent, true);
    if (product !== null) return product;
    const weight = transposedWeight(constantAt(context, 1));
    return emitMatMul(context.builder, context.cotangent, context.builder.floats(weight.dims, weight.data));
  },
  parameter(context) {
    const b = context.builder;
    return {
      squaredNorm: () => {
        const positionsLast = (factor: Value): Value => {
          const columns = transposeLast(b, factor);
          return reshape(b, columns, ['N', 1, sizeOf(columns.shape, 1), sizeOf(columns.shape, 2)]);
        };
        const [x, delta] = factors(context);
        const [left, right] = [positionsLast(x), positionsLast(delta)];
        const { elementCost } = context.lowerings;
        const [a, c, positions] = [sizeOf(left.shape, 2), sizeOf(right.shape, 2), sizeOf(left.shape, 3)];
        const form = cheapestForm(a, c, positions, elementCost);
        return productNorm(b, { left, right, positions: 'last' }, form);
      },
      gradient: () => {
        const [x, delta] = factors(context);
        return emitMatMul(b, transposeLast(b, x), delta);
      },
    };
  },
};

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

/** x [N, P, K] and the cotangent [N, P, M], P positions. */
function factors(context: BackwardContext): [x: Value, cotangent: Value] {
  const flat = (value: Value): Value => {
    const features = sizeOf(value.shape, value.shape.length - 1);
    return reshape(context.builder, value, ['N', elementsPerImage(value.shape) / features, features]);
  };
  return [flat(valueAt(context, 0)), flat(context.cotangent)];
}
