import { ofImages } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { conv as emitConv, type Window } from '../graph/convolution.js';
import { reshape } from '../graph/layout.js';
import { squaredNormPerImage } from '../graph/reduction.js';
import { formatShape, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import type { ConvolutionLayer } from '../lowerings/convolution-layer.js';
import { computedKernelsInputGradient, convolutionInputGradient } from '../lowerings/input-gradient.js';
import { positionSum } from '../lowerings/position-sum.js';
import { batchWeightGradient, chooseNormForm, weightGradient, weightNorm } from '../lowerings/weight-norm.js';
import { listed } from '../shown.js';
import { alsoOverRows } from './one-axis.js';
import { constantAt, isActivation, optionalValueAt, valueAt } from './operands.js';
import type { BackwardContext, NodeContext } from './operation.js';
import { readWindow } from './window.js';
import { alsoOverWindows } from './windows.js';

/** Convolution over two axes, or one, with any stride, padding, dilation and number of groups. */
export const conv = alsoOverRows(
  alsoOverWindows(
    {
      type: 'Conv',
      inputs: [2, 3],
      batching: ofImages,
      slots: { 1: { parameter: 'convolution-weight' }, 2: { parameter: 'convolution-bias' } },
      weighted: true,
      addend: 'convolution-bias',
      forward(context) {
        const { window, groups } = checkedGeometry(context);
        return [
          emitConv(context.builder, valueAt(context, 0), kernelsAt(context), biasAt(context), window, groups),
        ];
      },
      backward(context, slot) {
        const { window, groups } = geometry(context);
        if (slot !== 0) return slot === 1 ? kernelGradient(context) : biasGradient(context);
        const { shape } = valueAt(context, 0);
        if (!isActivation(context, 1))
          return convolutionInputGradient(context, constantAt(context, 1), window, groups, shape);
        return computedKernelsInputGradient(context, kernelsAt(context), window, groups, shape);
      },
      parameter(context, slot) {
        const { builder: b } = context;
        if (slot === 2) {
          const gradient = () => biasGradient(context);
          return { gradient, squaredNorm: () => squaredNormPerImage(b, gradient()) };
        }
        const layer = layerOf(context);
        return {
          squaredNorm: () => weightNorm(b, layer, chooseNormForm(layer)),
          gradient: () => kernelGradient(context),
          batchGradient: () => reshape(b, batchWeightGradient(b, layer), geometry(context).dims),
        };
      },
    },
    kernelSize,
  ),
  1,
);

/** Height and width of the kernels. */
export function kernelSize(context: NodeContext): readonly number[] {
  const [, operand] = context.operands;
  const dims = operand?.kind === 'activation' ? operand.value.shape.slice(1) : constantAt(context, 1).dims;
  return dims.slice(2).map(Number);
}

/** The kernels, [O, C/group, kh, kw]. */
function kernelsAt(context: NodeContext): Value {
  const kernels = valueAt(context, 1);
  return isActivation(context, 1) ? reshape(context.builder, kernels, kernels.shape.slice(1)) : kernels;
}

/** The bias, [O], or null. */
function biasAt(context: NodeContext): Value | null {
  const bias = optionalValueAt(context, 2);
  return bias && isActivation(context, 2) ? reshape(context.builder, bias, bias.shape.slice(1)) : bias;
}

/** The gradient in the kernels, [N, O, C/group, kh, kw]. */
function kernelGradient(context: BackwardContext): Value {
  const { builder: b } = context;
  return reshape(b, weightGradient(b, layerOf(context)), ['N', ...geometry(context).dims]);
}

/** The gradient in the bias, [N, O]. */
const biasGradient = ({ builder, cotangent, lowerings }: BackwardContext): Value =>
  positionSum(builder, cotangent, lowerings);

/** How the kernels of a convolution lie and move. */
export interface ConvolutionGeometry {
  readonly window: Window;
  readonly groups: number;
  /** Of the kernels, [O, C/group, kh, kw]. */
  readonly dims: readonly number[];
}

export function geometry(context: NodeContext): ConvolutionGeometry {
  const dims = isActivation(context, 1)
    ? valueAt(context, 1).shape.slice(1).map(Number)
    : constantAt(context, 1).dims;
  if (dims.length !== 4 && valueAt(context, 0).shape.length === 4)
    throw new ModelError(`the kernels have shape [${listed(dims)}], expected [O, C/group, kh, kw]`);
  const window = readWindow(context.node, valueAt(context, 0).shape, dims.slice(2));
  const groups = intAttribute(context.node, 'group', 1);
  if (!Number.isSafeInteger(groups) || groups < 1)
    throw new ModelError(`group is ${groups}, expected a positive number`);
  return { window, dims, groups };
}

/** @throws ModelError where kernels, bias and input don't fit together */
export function checkedGeometry(context: NodeContext): ConvolutionGeometry {
  const x = valueAt(context, 0);
  const checked = geometry(context);
  const { groups, dims } = checked;
  if (sizeOf(x.shape, 1) !== (dims[1] ?? 0) * groups)
    throw new ModelError(`input has ${x.shape[1]} channels, the kernels expect ${(dims[1] ?? 0) * groups}`);
  const kernels = dims[0] ?? 0;
  if (kernels % groups !== 0) throw new ModelError(`${kernels} kernels don't divide into ${groups} groups`);
  const bias = biasAt(context);
  if (bias && String(bias.shape) !== String(kernels))
    throw new ModelError(`bias has shape ${formatShape(bias.shape)}, expected [${kernels}]`);
  return checked;
}

export function layerOf(context: BackwardContext): ConvolutionLayer {
  const { window, groups } = geometry(context);
  const { builder, cotangent, lowerings } = context;
  return { x: valueAt(context, 0), cotangent, window, groups, batch: builder.batch, lowerings };
}
