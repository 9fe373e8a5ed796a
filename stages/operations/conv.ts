import { ModelError } from '../errors.js';
import { conv as emitConv, type Window } from '../graph/convolution.js';
import { reshape } from '../graph/layout.js';
import { squaredNormPerImage } from '../graph/reduction.js';
import { formatShape, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import type { ConvolutionLayer } from '../lowerings/convolution-layer.js';
import { convolutionInputGradient } from '../lowerings/input-gradient.js';
import { positionSum } from '../lowerings/position-sum.js';
import { chooseNormForm, weightGradient, weightNorm } from '../lowerings/weight-norm.js';
import type { FloatTensor } from '../onnx/model.js';
import { listed } from '../shown.js';
import { alsoOverRows } from './one-axis.js';
import { constantAt, optionalValueAt, valueAt } from './operands.js';
import type { BackwardContext, NodeContext } from './operation.js';
import { readWindow } from './window.js';

/** Convolution over two axes, or one, with any stride, padding, dilation and number of groups. */
export const conv = alsoOverRows(
  {
    type: 'Conv',
    inputs: [2, 3],
    slots: { 1: { parameter: 'convolution-weight' }, 2: { parameter: 'convolution-bias' } },
    weighted: true,
    addend: 'convolution-bias',
    forward(context) {
      const { window, groups } = checkedGeometry(context);
      return [
        emitConv(
          context.builder,
          valueAt(context, 0),
          valueAt(context, 1),
          optionalValueAt(context, 2),
          window,
          groups,
        ),
      ];
    },
    backward(context, slot) {
      if (slot !== 0) throw new ModelError('kernels that are computed from the image are not supported');
      const { window, groups, weight } = geometry(context);
      return convolutionInputGradient(context, weight, window, groups, valueAt(context, 0).shape);
    },
    parameter(context, slot) {
      const { builder: b, cotangent, lowerings } = context;
      if (slot === 2) {
        const gradient = () => positionSum(b, cotangent, lowerings);
        return { gradient, squaredNorm: () => squaredNormPerImage(b, gradient()) };
      }
      const layer = layerOf(context);
      return {
        squaredNorm: () => weightNorm(b, layer, chooseNormForm(layer)),
        gradient: () => reshape(b, weightGradient(b, layer), ['N', ...constantAt(context, 1).dims]),
      };
    },
  },
  1,
);

/** How the kernels of a convolution lie and move. */
export interface ConvolutionGeometry {
  readonly window: Window;
  readonly groups: number;
  readonly weight: FloatTensor;
}

export function geometry(context: NodeContext): ConvolutionGeometry {
  const weight = constantAt(context, 1);
  if (weight.dims.length !== 4 && valueAt(context, 0).shape.length === 4)
    throw new ModelError(`the kernels have shape [${listed(weight.dims)}], expected [O, C/group, kh, kw]`);
  const window = readWindow(context.node, valueAt(context, 0).shape, weight.dims.slice(2));
  const groups = intAttribute(context.node, 'group', 1);
  if (!Number.isSafeInteger(groups) || groups < 1)
    throw new ModelError(`group is ${groups}, expected a positive number`);
  return { window, weight, groups };
}

/** @throws ModelError where kernels, bias and input don't fit together */
export function checkedGeometry(context: NodeContext): ConvolutionGeometry {
  const x = valueAt(context, 0);
  const checked = geometry(context);
  const { groups, weight } = checked;
  if (sizeOf(x.shape, 1) !== (weight.dims[1] ?? 0) * groups)
    throw new ModelError(
      `input has ${x.shape[1]} channels, the kernels expect ${(weight.dims[1] ?? 0) * groups}`,
    );
  const kernels = weight.dims[0] ?? 0;
  if (kernels % groups !== 0) throw new ModelError(`${kernels} kernels don't divide into ${groups} groups`);
  const bias = optionalValueAt(context, 2);
  if (bias && String(bias.shape) !== String(kernels))
    throw new ModelError(`bias has shape ${formatShape(bias.shape)}, expected [${kernels}]`);
  return checked;
}

export function layerOf(context: BackwardContext): ConvolutionLayer {
  const { window, groups } = geometry(context);
  const { builder, cotangent, lowerings } = context;
  return { x: valueAt(context, 0), cotangent, window, groups, batch: builder.batch, lowerings };
}
