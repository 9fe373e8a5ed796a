import { alongFirstAxis, type Batching, isSameForAll, refuseMixing } from '../batching/batching.js';
import { ints, type Value } from '../graph/builder.js';
import { outputSize, type Window } from '../graph/convolution.js';
import { type AxisPart, cut, pad, reshape, setApart, transpose } from '../graph/layout.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import { firstAxis, isFirstAxis } from '../import/batch-axis.js';
import type { Node } from '../onnx/model.js';
import { valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';
import { readWindow } from './window.js';

/** The name, in a node that works on one image's part, of the attribute that says that images are beside its windows. */
const beside = 'windows';

/**
 * A convolution over images [N, C, H, W], for the windows that a model has cut them into, [N · windows, C, h, w]: those of
 * an image are put below each other, with the padding that each of them has around itself. Rows of the result whose
 * kernels reach into the next window are left out.
 * @param kernelOf height and width of the kernels
 */
export function alsoOverWindows(
  operation: Operation,
  kernelOf: (context: NodeContext) => readonly number[],
): Operation {
  const placesIn = (context: NodeContext): Places => placesOf(context, kernelOf(context));
  const below = (context: NodeContext, places: Places): NodeContext => ({
    ...context,
    node: withWindow(context.node, places),
    operands: context.operands.map((operand, slot) =>
      slot === 0 && operand?.kind === 'activation'
        ? { ...operand, value: joined(context, operand.value, places) }
        : operand,
    ),
  });
  const backBelow = (context: BackwardContext, places: Places): BackwardContext => ({
    ...context,
    ...below(context, places),
    outputs: context.outputs.map((value) => joinedOutput(context, value, places)),
    cotangent: joinedOutput(context, context.cotangent, places),
    gated: joinedOutput(context, context.gated, places),
  });
  const { parameter, batching } = operation;
  return {
    ...operation,
    batching: besideWindows(batching ?? alongFirstAxis),
    forward(context) {
      if (!isOverWindows(context)) return operation.forward(context);
      const places = placesIn(context);
      return operation.forward(below(context, places)).map((value) => apart(context, value, places));
    },
    backward(context, slot) {
      if (!isOverWindows(context)) return operation.backward(context, slot);
      const places = placesIn(context);
      const gradient = operation.backward(backBelow(context, places), slot);
      return slot === 0 ? apartInput(context, gradient, places) : gradient;
    },
    ...(parameter && {
      parameter(context, slot) {
        const inPlace = isOverWindows(context) ? backBelow(context, placesIn(context)) : context;
        return parameter.call(operation, inPlace, slot);
      },
    }),
  };
}

/** Whether it works on windows of an image, [N, windows, C, …], one by one. */
export const isOverWindows = ({ node }: NodeContext): boolean => node.attributes.has(beside);

/** The same node, for windows of an image, one by one. */
export const overWindows = (node: Node): Node => ({
  ...node,
  attributes: new Map(node.attributes).set(beside, { kind: 'int', value: 1 }),
});

/** The same node, for whole images. */
export function asOfImages(node: Node): Node {
  const attributes = new Map(node.attributes);
  attributes.delete(beside);
  return { ...node, attributes };
}

/**
 * For what works on each of the windows that a model has in a batch, [N · windows, C, …], by itself; `usual` is for whole
 * images, and for what else an operation reads.
 */
export const besideWindows =
  (usual: Batching): Batching =>
  (batched) => {
    const [x, ...layer] = batched.operands;
    // In a model of one image at a time no axis is the images': all windows are that image's.
    const isCut = x?.kind === 'activation' && !isSameForAll(x) && !isFirstAxis(x.batch);
    if (!isCut || x.value.shape.length < 4) return usual(batched);
    if (x.batch && x.batch.axis !== 0) return refuseMixing(x.batch.axis, x);
    // What else there is of the layer is as it is with whole images.
    const { node, operands } = usual({ ...batched, operands: [{ ...x, batch: firstAxis }, ...layer] });
    return { node: overWindows(node), operands: [x, ...operands.slice(1)], batch: x.batch };
  };

/** Where the windows of an image are when they are below each other. */
interface Places {
  /** How many an image has. */
  readonly count: number;
  /** What of each window, padding and all, is the window: rows and columns. */
  readonly inside: readonly [AxisPart, AxisPart];
  /** Rows and columns of a window with its padding, rows being as many as strides divide. */
  readonly padded: readonly [rows: number, columns: number];
  /** Rows and columns that a window gives. */
  readonly given: readonly [rows: number, columns: number];
  /** Rows between what one window gives and what the next does. */
  readonly pitch: number;
  /** Of the convolution over all of them. */
  readonly window: Window;
}

function placesOf(context: NodeContext, kernel: readonly number[]): Places {
  const { node } = context;
  const { shape } = valueAt(context, 0);
  const [height, width] = [sizeOf(shape, 3), sizeOf(shape, 4)];
  const one: Shape = ['N', sizeOf(shape, 2), height, width];
  const window = readWindow(node, one, kernel);
  const [top, left, bottom, right] = window.pads;
  const [down] = window.strides;
  const rows = Math.ceil((height + top + bottom) / down) * down;
  const reach = window.dilations[0] * (window.kernel[0] - 1) + 1;
  return {
    count: sizeOf(shape, 1),
    inside: [
      { axis: 2, start: top, count: height, step: 1 },
      { axis: 3, start: left, count: width, step: 1 },
    ],
    padded: [rows, width + left + right],
    given: outputSize(one, window),
    pitch: rows / down,
    window: { ...window, pads: [0, 0, Math.max(0, reach - down), 0] },
  };
}

function withWindow(node: Node, { window }: Places): Node {
  const attributes = new Map(node.attributes).set('pads', ints(window.pads));
  for (const name of [beside, 'auto_pad']) attributes.delete(name);
  return { ...node, attributes };
}

/** [N, windows, C, h, w] → [N, C · windows, h, w]. */
function byChannel({ builder: b }: NodeContext, x: Value): Value {
  const [images = 'N', windows, channels, ...size] = x.shape;
  const inFront = transpose(b, x, [0, 2, 1, 3, 4]);
  return reshape(b, inFront, [images, Number(channels) * Number(windows), ...size]);
}

/** [N, C · windows, h, w] → [N, windows, C, h, w]. */
function byWindow({ builder: b }: NodeContext, x: Value, { count }: Places): Value {
  const [images = 'N', channels, ...size] = x.shape;
  const split = reshape(b, x, [images, Number(channels) / count, count, ...size]);
  return transpose(b, split, [0, 2, 1, 3, 4]);
}

/** [N, C · windows, h, w] → [N, C, windows · h, w]. */
function belowEachOther({ builder: b }: NodeContext, x: Value, { count }: Places): Value {
  const [images = 'N', channels, height, width = 1] = x.shape;
  return reshape(b, x, [images, Number(channels) / count, count * Number(height), width]);
}

/** [N, C, windows · h, w] → [N, C · windows, h, w]. */
function besideEachOther({ builder: b }: NodeContext, x: Value, { count }: Places): Value {
  const [images = 'N', channels, height, width = 1] = x.shape;
  return reshape(b, x, [images, Number(channels) * count, Number(height) / count, width]);
}

/** What the convolution reads, [N, C, windows · rows, columns]. */
function joined(context: NodeContext, x: Value, places: Places): Value {
  const [rows, columns] = places.inside;
  const after = [
    places.padded[0] - rows.start - rows.count,
    places.padded[1] - columns.start - columns.count,
  ];
  const around = pad(context.builder, byChannel(context, x), [
    0,
    0,
    rows.start,
    columns.start,
    0,
    0,
    ...after,
  ]);
  return belowEachOther(context, around, places);
}

/** What arrives at each window, [N, windows, C, h, w], of what arrives at all of them. */
function apartInput(context: NodeContext, x: Value, places: Places): Value {
  return byWindow(context, cut(context.builder, besideEachOther(context, x, places), places.inside), places);
}

/** What each window gives, [N, windows, O, h, w]. */
function apart(context: NodeContext, y: Value, places: Places): Value {
  const rows = besideEachOther(context, y, places);
  return byWindow(context, cut(context.builder, rows, [givenRows(places)]), places);
}

/** What the windows give, below each other, zeros being where kernels reach into the next window. */
function joinedOutput(context: NodeContext, y: Value, places: Places): Value {
  const rows = byChannel(context, y);
  const [images = 'N', channels = 1, , width = 1] = rows.shape;
  const whole: Shape = [images, channels, places.pitch, width];
  return belowEachOther(context, setApart(context.builder, rows, [givenRows(places)], whole), places);
}

const givenRows = ({ given }: Places): AxisPart => ({ axis: 2, start: 0, count: given[0], step: 1 });
