import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { conv as emitConv, type Window } from '../graph/convolution.js';
import { reshape, transposeLast } from '../graph/layout.js';
import { matMul } from '../graph/matrix.js';
import { reduceSum, squaredNormPerImage } from '../graph/reduction.js';
import { formatShape, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { convolutionInputGradient } from '../lowerings/input-gradient.js';
import { productNorm } from '../lowerings/product-norm.js';
import { unfold } from '../lowerings/unfold.js';
import { constantAt, optionalValueAt, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';
import { readWindow } from './window.js';

/** Two-dimensional convolution with any stride, padding, dilation and number of groups. */
export const conv: Operation = {
  type: 'Conv',
  slots: { 1: { parameter: 'convolution-weight' }, 2: { parameter: 'convolution-bias' } },
  weighted: true,
  addend: 'convolution-bias',
  forward(context) {
    const x = valueAt(context, 0);
    const { window, groups, weight } = geometry(context);
    if (sizeOf(x.shape, 1) !== (weight.dims[1] ?? 0) * groups)
      throw new ModelError(
        `input has ${x.shape[1]} channels, the kernels expect ${(weight.dims[1] ?? 0) * groups}`,
      );
    const kernels = weight.dims[0] ?? 0;
    if (kernels % groups !== 0) throw new ModelError(`${kernels} kernels don't divide into ${groups} groups`);
    const bias = optionalValueAt(context, 2);
    if (bias && String(bias.shape) !== String(kernels))
      throw new ModelError(`bias has shape ${formatShape(bias.shape)}, expected [${kernels}]`);
    return [emitConv(context.builder, x, valueAt(context, 1), bias, window, groups)];
  },
  backward(context, slot) {
    if (slot !== 0) throw new ModelError('kernels that are computed from the image are not supported');
    const { window, groups, weight } = geometry(context);
    return convolutionInputGradient(
      context.builder,
      context.cotangent,
      weight,
      window,
      groups,
      valueAt(context, 0).shape,
    );
  },
  parameter(context, slot) {
    const { builder: b, cotangent } = context;
    if (slot === 2) {
      const gradient = () => reduceSum(b, cotangent, [2, 3]);
      return { gradient, squaredNorm: () => squaredNormPerImage(b, gradient()) };
    }
    const { weight } = geometry(context);
    return {
      squaredNorm: () => productNorm(b, ...factors(context)),
      gradient: () => {
        const [left, right] = factors(context);
        return reshape(b, matMul(b, left, transposeLast(b, right)), ['N', ...weight.dims]);
      },
    };
  },
};

function geometry(context: NodeContext): {
  readonly window: Window;
  readonly groups: number;
  readonly weight: ReturnType<typeof constantAt>;
} {
  const weight = constantAt(context, 1);
  const window = readWindow(context.node, valueAt(context, 0).shape, weight.dims.slice(2));
  return { window, weight, groups: intAttribute(context.node, 'group', 1) };
}

/** The gradient of a group's kernels is A·Bᵀ: A [N, G, O/G, P] the cotangent, B [N, G, C/G·kh·kw, P] what windows saw. */
function factors(context: BackwardContext): [left: Value, right: Value] {
  const { builder: b, cotangent } = context;
  const { window, groups } = geometry(context);
  const seen = unfold(b, valueAt(context, 0), window);
  const positions = sizeOf(cotangent.shape, 2) * sizeOf(cotangent.shape, 3);
  const grouped = (x: Value) => reshape(b, x, ['N', groups, sizeOf(x.shape, 1) / groups, positions]);
  return [grouped(cotangent), grouped(seen)];
}
