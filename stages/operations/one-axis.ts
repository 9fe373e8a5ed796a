import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { formatShape } from '../graph/shape.js';
import type { Activation, Operand } from '../import/operand.js';
import { reshaped } from '../import/views.js';
import type { Attribute, Node } from '../onnx/model.js';
import { valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';
import { isOverWindows } from './windows.js';

/** What a row has along the axis that an image of height 1 has beside it. */
const alongHeight: Readonly<Record<string, number>> = { kernel_shape: 1, strides: 1, dilations: 1 };

/**
 * An operation whose windows move over images [N, C, H, W], for rows [N, C, L] too, or [N, windows, C, L]: they are images
 * of height 1.
 * @param kernels the slot of constant kernels [O, C, k]
 */
export function alsoOverRows(operation: Operation, kernels: number | null = null): Operation {
  const isOverRows = (context: NodeContext): boolean =>
    valueAt(context, 0).shape.length === (isOverWindows(context) ? 4 : 3);
  const asImages = (context: NodeContext): NodeContext => ({
    ...context,
    node: withHeight(context.node),
    operands: context.operands.map((operand, slot) =>
      slot === 0 || slot === kernels ? imageOf(context, operand) : operand,
    ),
  });
  const backAsImages = (context: BackwardContext): BackwardContext => ({
    ...context,
    ...asImages(context),
    outputs: context.outputs.map((value) => image(context, value)),
    cotangent: image(context, context.cotangent),
    gated: image(context, context.gated),
  });
  const { parameter } = operation;
  return {
    ...operation,
    forward(context) {
      if (!isOverRows(context)) return operation.forward(context);
      return operation.forward(asImages(context)).map((value) => row(context, value));
    },
    backward(context, slot) {
      if (!isOverRows(context)) return operation.backward(context, slot);
      return row(context, operation.backward(backAsImages(context), slot));
    },
    ...(parameter && {
      parameter(context, slot) {
        if (!isOverRows(context)) return parameter.call(operation, context, slot);
        const { squaredNorm, gradient } = parameter.call(operation, backAsImages(context), slot);
        if (slot !== kernels) return { squaredNorm, gradient };
        return { squaredNorm, gradient: () => row(context, gradient()) };
      },
    }),
  };
}

/** [N, …, L] → [N, …, 1, L]. */
const image = ({ builder }: NodeContext, value: Value): Value =>
  reshape(builder, value, value.shape.toSpliced(-1, 0, 1));

/** [N, …, 1, L] → [N, …, L]. */
const row = ({ builder }: NodeContext, value: Value): Value =>
  reshape(builder, value, value.shape.toSpliced(-2, 1));

function imageOf(context: NodeContext, operand: Operand | null): Operand | null {
  if (operand?.kind === 'activation')
    return { ...operand, value: image(context, operand.value) } satisfies Activation;
  if (operand?.kind !== 'constant') return operand;
  const { dims } = operand.tensor;
  if (dims.length !== 3)
    throw new ModelError(`the kernels have shape ${formatShape(dims)}, expected [O, C/group, k]`);
  return reshaped(operand, dims.toSpliced(-1, 0, 1));
}

function withHeight(node: Node): Node {
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    const first = alongHeight[name];
    if (attribute.kind !== 'ints') attributes.set(name, attribute);
    else if (first !== undefined) attributes.set(name, { kind: 'ints', value: [first, ...attribute.value] });
    else if (name === 'pads') {
      const half = attribute.value.length / 2;
      attributes.set(name, {
        kind: 'ints',
        value: [0, ...attribute.value.slice(0, half), 0, ...attribute.value.slice(half)],
      });
    } else attributes.set(name, attribute);
  }
  return { ...node, attributes };
}
