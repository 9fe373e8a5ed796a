import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { formatShape, normalizeAxis, type Shape } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import type { FloatTensor } from '../onnx/model.js';
import { listed } from '../shown.js';
import type { NodeContext } from './operation.js';

/** The tensor in a slot: an activation, or a constant as an initialiser of the graph. */
export function valueAt(context: NodeContext, slot: number): Value {
  const operand = context.operands[slot];
  return operand?.kind === 'activation' ? operand.value : formAt(context, slot, (tensor) => tensor);
}

/** A form of the constant in a slot as an initialiser of the graph; messages call it what the model does. */
export function formAt(
  context: NodeContext,
  slot: number,
  form: (tensor: FloatTensor) => FloatTensor,
): Value {
  const operand = context.operands[slot];
  const { dims, data } = form(constantAt(context, slot));
  const name = operand?.kind === 'constant' ? operand.origin?.name : undefined;
  return context.builder.floats(dims, data, name);
}

/** Like `valueAt`, or null where the slot is empty. */
export function optionalValueAt(context: NodeContext, slot: number): Value | null {
  return context.operands[slot] ? valueAt(context, slot) : null;
}

/** The float32 constant in a slot. @throws ModelError when it is no such thing */
export function constantAt(context: NodeContext, slot: number): FloatTensor {
  const operand = context.operands[slot];
  if (!operand) throw new ModelError(`input ${slot} is missing`);
  if (operand.kind === 'sizes')
    throw new ModelError(
      `input ${slot} is a shape, where a tensor is expected; export the model with its constants folded`,
    );
  if (operand.kind !== 'constant')
    throw new ModelError(
      operand.value.shape[0] === 'N'
        ? `input ${slot} must be a constant, but it is computed from the image`
        : `input ${slot} must be a constant, but the graph computes it of others; give the model with its constants folded, as ONNX Runtime's optimiser does at level 'basic'`,
    );
  if (operand.tensor.type !== 'float32')
    throw new ModelError(
      `input ${slot} is of type ${operand.tensor.type}; only float32 networks can be scored: export the model in float32`,
    );
  if (operand.tensor.data.length === 0)
    throw new ModelError(`input ${slot} has shape [${listed(operand.tensor.dims)}]: it holds nothing`);
  return operand.tensor;
}

/** The shape of what arrives at the activation in a slot: [N, …], also where it is the same for all images. */
export const cotangentShape = (context: NodeContext, slot: number): Shape => [
  'N',
  ...valueAt(context, slot).shape.slice(1),
];

/** Whether a slot holds an activation. */
export function isActivation(context: NodeContext, slot: number): boolean {
  return context.operands[slot]?.kind === 'activation';
}

/**
 * The axis that the attribute names, the last one by default.
 * @throws ModelError where it is the batch's
 */
export function axisWithinImage(context: NodeContext): number {
  const { shape } = valueAt(context, 0);
  const axis = normalizeAxis(intAttribute(context.node, 'axis', -1), shape.length);
  if (axis === 0)
    throw new ModelError(
      `axis ${axis} of ${formatShape(shape)} is the batch's: that would mix images with each other`,
    );
  return axis;
}

/** Whether it is a constant of one element, 1: what arrives is the same when multiplied or divided by it. */
export const isOne = ({ constant }: Value): boolean =>
  constant?.data.length === 1 && Number(constant.data[0]) === 1;
