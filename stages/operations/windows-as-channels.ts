import { alongFirstAxis, type Batching } from '../batching/batching.js';
import type { Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { sizeOf } from '../graph/shape.js';
import { holdsOnlyImages } from '../import/batch-axis.js';
import { valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';
import { asOfImages, besideWindows, isOverWindows, overWindows } from './windows.js';

/**
 * An operation without parameters that works on each channel of images [N, C, …] by itself, for the windows that a model
 * has cut them into, [N · windows, C, …], or [windows, N · C, …]: what each image has of both are so many channels.
 */
export function alsoOverWindowsAsChannels(operation: Operation): Operation {
  const countIn = (context: NodeContext): number => sizeOf(valueAt(context, 0).shape, 1);
  const together = (context: NodeContext): NodeContext => ({
    ...context,
    node: asOfImages(context.node),
    operands: context.operands.map((operand, slot) =>
      slot === 0 && operand?.kind === 'activation'
        ? { ...operand, value: asChannels(context, operand.value) }
        : operand,
    ),
  });
  const backTogether = (context: BackwardContext): BackwardContext => ({
    ...context,
    ...together(context),
    outputs: context.outputs.map((value) => asChannels(context, value)),
    cotangent: asChannels(context, context.cotangent),
    gated: asChannels(context, context.gated),
  });
  return {
    ...operation,
    batching: ofChannels,
    forward(context) {
      if (!isOverWindows(context)) return operation.forward(context);
      return operation.forward(together(context)).map((value) => apart(context, value, countIn(context)));
    },
    backward(context, slot) {
      if (!isOverWindows(context)) return operation.backward(context, slot);
      return apart(context, operation.backward(backTogether(context), slot), countIn(context));
    },
  };
}

/** Images in the place of channels, alone or among them, are as well apart as along the first axis. */
const ofChannels: Batching = (batched) => {
  const [x] = batched.operands;
  if (x?.kind !== 'activation' || x.batch?.axis !== 1) return besideWindows(alongFirstAxis)(batched);
  const { node, operands } = batched;
  return { node: holdsOnlyImages(x.batch) ? node : overWindows(node), operands, batch: x.batch };
};

/** [N, windows, C, …] → [N, windows · C, …]. */
function asChannels({ builder }: NodeContext, x: Value): Value {
  const [images = 'N', windows, channels, ...size] = x.shape;
  return reshape(builder, x, [images, Number(windows) * Number(channels), ...size]);
}

/** [N, windows · C, …] → [N, windows, C, …]. */
function apart({ builder }: NodeContext, x: Value, windows: number): Value {
  const [images = 'N', channels, ...size] = x.shape;
  return reshape(builder, x, [images, windows, Number(channels) / windows, ...size]);
}
