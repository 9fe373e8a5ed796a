import { type Batching, isSameForAll, ofImages, refuseMixing } from '../batching/batching.js';
import type { Value } from '../graph/builder.js';
import { transpose } from '../graph/layout.js';
import { intAttribute } from '../import/attributes.js';
import { emittedAxis, isFirstAxis } from '../import/batch-axis.js';
import type { Operand } from '../import/operand.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

/** The name, in a node that works on one image's part, of the attribute that says where channels are. */
const channels = 'axis';

/**
 * An operation on channels, which a model has along its second axis, where images are not the first axis alone: LeViT
 * normalises [N · positions, C]. Channels are brought in front of what else an image has, and back.
 */
export function alsoBesideParts(operation: Operation): Operation {
  const inFront = (context: NodeContext): NodeContext => ({
    ...context,
    operands: context.operands.map((operand, slot): Operand | null =>
      slot === 0 && operand?.kind === 'activation'
        ? { ...operand, value: toFront(context, operand.value, channelsAxisOf(context)) }
        : operand,
    ),
  });
  const backInFront = (context: BackwardContext): BackwardContext => ({
    ...context,
    ...inFront(context),
    outputs: context.outputs.map((value) => toFront(context, value, channelsAxisOf(context))),
    cotangent: toFront(context, context.cotangent, channelsAxisOf(context)),
    gated: toFront(context, context.gated, channelsAxisOf(context)),
  });
  const { parameter } = operation;
  return {
    ...operation,
    batching: channelled,
    forward(context) {
      const at = channelsAxisOf(context);
      if (at === 1) return operation.forward(context);
      return operation.forward(inFront(context)).map((value) => fromFront(context, value, at));
    },
    backward(context, slot) {
      const at = channelsAxisOf(context);
      if (at === 1) return operation.backward(context, slot);
      return fromFront(context, operation.backward(backInFront(context), slot), at);
    },
    ...(parameter && {
      parameter(context, slot) {
        const inPlace = channelsAxisOf(context) === 1 ? context : backInFront(context);
        return parameter.call(operation, inPlace, slot);
      },
    }),
  };
}

/** The axis of what an operation on channels reads that holds them, in one image's part. */
export const channelsAxisOf = ({ node }: NodeContext): number => intAttribute(node, channels, 1);

const channelled: Batching = (batched) => {
  const { node, operands } = batched;
  const [x] = operands;
  if (x?.kind !== 'activation' || isSameForAll(x) || isFirstAxis(x.batch)) return ofImages(batched);
  ofImages({ ...batched, operands: [null, ...operands.slice(1)] });
  const at = emittedAxis(1, x.batch);
  if (at === null || x.batch?.axis === 1 || at >= x.value.shape.length) return refuseMixing(1, x);
  const attributes = new Map(node.attributes).set(channels, { kind: 'int', value: at });
  return { node: { ...node, attributes }, operands, batch: x.batch };
};

/** The same for what works on all positions of each part of an image, [N · parts, C, …], by themselves. */
export const channelledOfParts: Batching = (batched) => {
  const [x] = batched.operands;
  if (x?.kind === 'activation' && x.batch && x.batch.axis > 0) return refuseMixing(x.batch.axis, x);
  return channelled(batched);
};

/** Channels behind the images, in front of parts and positions. */
export function channelsInFront(context: NodeContext, x: Value): Value {
  const at = channelsAxisOf(context);
  return at === 1 ? x : toFront(context, x, at);
}

/** The axis behind the images'. */
function toFront({ builder }: NodeContext, x: Value, at: number): Value {
  const others = [...x.shape.keys()].filter((axis) => axis !== 0 && axis !== at);
  return transpose(builder, x, [0, at, ...others]);
}

function fromFront({ builder }: NodeContext, x: Value, at: number): Value {
  const others = [...x.shape.keys()].filter((axis) => axis > 1);
  return transpose(builder, x, [0, ...others.toSpliced(at - 1, 0, 1)]);
}
