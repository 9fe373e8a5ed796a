import { add, multiply, ones } from '../graph/arithmetic.js';
import { type GraphBuilder, int, type Value } from '../graph/builder.js';
import { conv, convTranspose, pointwise, type Window } from '../graph/convolution.js';
import { reshape, transpose } from '../graph/layout.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import type { FloatTensor } from '../onnx/model.js';
import type { Lowerings } from './lowerings.js';
import { enlarge } from './spread.js';
import { transposedConvolution } from './transposed-convolution.js';
import { weightForms } from './weight-forms.js';

/** The backward pass at a convolution. */
export interface InputGradientContext {
  readonly builder: GraphBuilder;
  /** [N, O, H′, W′] */
  readonly cotangent: Value;
  readonly zeros: () => Value;
  readonly lowerings: Pick<Lowerings, 'stridedPointwise' | 'transposedConvolution'>;
}

/**
 * The cotangent of a convolution's input: a convolution with flipped kernels where the stride is 1, for strided 1×1
 * kernels a convolution whose result is set apart by zeros, else a transposed convolution, which a depthwise one by
 * ones brings back into ONNX Runtime's blocked layout.
 * @param weight [O, C/groups, kh, kw] @param shape [N, C, H, W]
 */
export function convolutionInputGradient(
  context: InputGradientContext,
  weight: FloatTensor,
  window: Window,
  groups: number,
  shape: Shape,
): Value {
  const { builder: b, cotangent, lowerings } = context;
  const { kernel, strides, pads } = window;
  const mirrored = mirroredPads(window);
  const flipped = () => {
    const { dims, data } = flippedKernels(weight, groups);
    return b.floats(dims, data);
  };
  if (strides[0] === 1 && strides[1] === 1 && mirrored.every((size) => size >= 0))
    return conv(b, cotangent, flipped(), null, { ...window, pads: mirrored }, groups);
  const tiled = ([2, 3] as const).every(
    (axis) => sizeOf(shape, axis) === sizeOf(cotangent.shape, axis) * strides[axis === 2 ? 0 : 1],
  );
  const single = kernel[0] * kernel[1] === 1 && pads.every((size) => size === 0);
  if (lowerings.stridedPointwise === 'resized' && single && tiled && b.batch !== null) {
    const low = conv(b, cotangent, flipped(), null, pointwise, groups);
    return multiply(b, enlarge(b, low, ...strides), firstOfEach(b, context.zeros(), strides, shape));
  }
  const depthwise = setApartAndConvolved(context, flipped, window, groups, shape);
  if (depthwise) return depthwise;
  const kernels = b.floats(weight.dims, weight.data);
  const form = lowerings.transposedConvolution;
  const transposed = transposedConvolution(b, cotangent, kernels, window, groups, shape, form);
  const channels = sizeOf(shape, 1);
  if (form !== 'blocked' || channels % blockSize !== 0) return transposed;
  return conv(b, transposed, ones(b, [channels, 1, 1, 1]), null, pointwise, channels);
}

/**
 * Where each kernel sees one channel and steps over it: δ set apart by zeros, which a transposed convolution by ones does, and
 * then convolved with flipped kernels. ONNX Runtime's own transposed convolution adds up what overlaps, channel by channel,
 * in one thread. Null where it is no form of this layer.
 */
function setApartAndConvolved(
  { builder: b, cotangent, lowerings }: InputGradientContext,
  flipped: () => Value,
  { kernel, strides, pads, dilations }: Window,
  groups: number,
  shape: Shape,
): Value | null {
  const isDepthwise = groups === sizeOf(shape, 1) && groups === sizeOf(cotangent.shape, 1);
  if (lowerings.transposedConvolution !== 'blocked' || !isDepthwise) return null;
  const along = (axis: 0 | 1) => {
    const extent = dilations[axis] * (kernel[axis] - 1);
    const before = extent - pads[axis];
    const apart = (sizeOf(cotangent.shape, axis + 2) - 1) * strides[axis] + 1;
    return { apart, before, behind: sizeOf(shape, axis + 2) + extent - apart - before };
  };
  const [rows, columns] = [along(0), along(1)];
  const around = [rows.before, columns.before, rows.behind, columns.behind] as const;
  if (around.some((size) => size < 0)) return null;
  const spaced: Shape = [...cotangent.shape.slice(0, 2), rows.apart, columns.apart];
  const single = ones(b, [groups, 1, 1, 1]);
  const apart = convTranspose(b, cotangent, single, { ...pointwise, strides }, groups, spaced);
  return conv(b, apart, flipped(), null, { kernel, strides: [1, 1], pads: around, dilations }, groups);
}

/**
 * The same of kernels that the graph computes, which no form can be made of beforehand: a convolution with kernels that
 * are turned in the graph where the stride is 1, else a transposed convolution.
 * @param kernels [O, C/groups, kh, kw] @param shape [N, C, H, W]
 */
export function computedKernelsInputGradient(
  { builder: b, cotangent, lowerings }: InputGradientContext,
  kernels: Value,
  window: Window,
  groups: number,
  shape: Shape,
): Value {
  const mirrored = mirroredPads(window);
  if (window.strides.every((stride) => stride === 1) && mirrored.every((size) => size >= 0))
    return conv(b, cotangent, turned(b, kernels, groups), null, { ...window, pads: mirrored }, groups);
  return transposedConvolution(b, cotangent, kernels, window, groups, shape, lowerings.transposedConvolution);
}

/** What a convolution of stride 1 back to its input is padded by. */
function mirroredPads({ kernel, pads, dilations }: Window): Window['pads'] {
  const extent = [dilations[0] * (kernel[0] - 1), dilations[1] * (kernel[1] - 1)] as const;
  return [extent[0] - pads[0], extent[1] - pads[1], extent[0] - pads[2], extent[1] - pads[3]];
}

/** [O, C/groups, kh, kw] → [C, O/groups, kh, kw], kernels turned by 180°. */
function turned(b: GraphBuilder, kernels: Value, groups: number): Value {
  const [outputs, inputs, height, width] = [0, 1, 2, 3].map((axis) => sizeOf(kernels.shape, axis)) as [
    number,
    number,
    number,
    number,
  ];
  const grouped = reshape(b, kernels, [groups, outputs / groups, inputs, height * width]);
  const backwards = [...Array(height * width).keys()].reverse();
  const reversed =
    backwards.length === 1
      ? grouped
      : b.emit('Gather', [grouped, b.integers(backwards)], { axis: int(3) }, { shape: grouped.shape });
  const swapped = transpose(b, reversed, [0, 2, 1, 3]);
  return reshape(b, swapped, [inputs * groups, outputs / groups, height, width]);
}

/** Channels that ONNX Runtime's blocked layout keeps together, at most. */
const blockSize = 16;

/**
 * Ones at the first pixel of each tile of the strides' size, zeros elsewhere, [N, C, H, W]. A constant would neither
 * have the other factor's shape nor be in ONNX Runtime's blocked layout: a convolution brings it there.
 */
function firstOfEach(b: GraphBuilder, zeros: Value, strides: Window['strides'], shape: Shape): Value {
  const [channels, height, width] = [sizeOf(shape, 1), sizeOf(shape, 2), sizeOf(shape, 3)];
  const dims = [1, 1, height, width];
  const grid = b.derived(`first of each [${strides}] in [${dims}]`, dims, () =>
    new Float32Array(height * width).map((_, at) =>
      Math.floor(at / width) % strides[0] === 0 && (at % width) % strides[1] === 0 ? 1 : 0,
    ),
  );
  const repeated = add(b, zeros, grid);
  return conv(b, repeated, ones(b, [channels, 1, 1, 1]), null, pointwise, 1);
}

const flippedForms = weightForms();

/** [O, C/groups, kh, kw] → [C, O/groups, kh, kw], kernels turned by 180°. */
function flippedKernels(weight: FloatTensor, groups: number): FloatTensor {
  return flippedForms(weight, `${weight.dims}/${groups}`, () => flip(weight, groups));
}

function flip(weight: FloatTensor, groups: number): FloatTensor {
  const [outputs = 1, inputs = 1, height = 1, width = 1] = weight.dims;
  const perGroup = outputs / groups;
  const elements = height * width;
  const data = new Float32Array(weight.data.length);
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++) {
      const from = (o * inputs + i) * elements;
      const to = ((Math.floor(o / perGroup) * inputs + i) * perGroup + (o % perGroup)) * elements;
      for (let q = 0; q < elements; q++) data[to + q] = weight.data[from + elements - 1 - q] ?? 0;
    }
  return { type: 'float32', dims: [inputs * groups, perGroup, height, width], data };
}
