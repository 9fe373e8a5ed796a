import { type Attributes, type GraphBuilder, int, ints, type Value } from './builder.js';
import { type Shape, sizeOf } from './shape.js';

/** How a kernel moves over an image, as in ONNX; pads are [top, left, bottom, right]. */
export interface Window {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  readonly dilations: readonly [number, number];
}

/** A window that looks at one pixel at a time. */
export const pointwise: Window = { kernel: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] };

export function windowAttributes(window: Window): Attributes {
  return {
    kernel_shape: ints(window.kernel),
    strides: ints(window.strides),
    pads: ints(window.pads),
    dilations: ints(window.dilations),
  };
}

/** Height and width of a windowed operation's output. `ceil` lets a last window hang over the edge. */
export function outputSize(shape: Shape, window: Window, ceil = false): [height: number, width: number] {
  const along = (axis: 0 | 1): number => {
    const size = sizeOf(shape, axis + 2);
    const extent = window.dilations[axis] * (window.kernel[axis] - 1) + 1;
    const room = size + window.pads[axis] + window.pads[axis === 0 ? 2 : 3] - extent;
    const steps = Math.floor(room / window.strides[axis]);
    if (!ceil) return steps + 1;
    const more = Math.ceil(room / window.strides[axis]);
    // A window that would begin in the padding behind the image is left out.
    return (more * window.strides[axis] < size + window.pads[axis] ? more : steps) + 1;
  };
  return [along(0), along(1)];
}

/** A window with as much padding behind the image as its last, overhanging steps need (`ceil_mode`). */
export function overhanging(shape: Shape, window: Window): Window {
  const whole = outputSize(shape, window);
  const wanted = outputSize(shape, window, true);
  const [top, left, bottom, right] = window.pads;
  // Enough for one more step, without allowing a second.
  const end = (axis: 0 | 1, given: number): number => {
    if (wanted[axis] === whole[axis]) return given;
    const extent = window.dilations[axis] * (window.kernel[axis] - 1) + 1;
    return (wanted[axis] - 1) * window.strides[axis] + extent - sizeOf(shape, axis + 2) - window.pads[axis];
  };
  return { ...window, pads: [top, left, end(0, bottom), end(1, right)] };
}

/**
 * Convolution. x [N, C, H, W], weight [O, C/groups, kh, kw], bias [O] or null → [N, O, H′, W′].
 */
export function conv(
  b: GraphBuilder,
  x: Value,
  weight: Value,
  bias: Value | null,
  window: Window,
  groups: number,
): Value {
  const shape = [x.shape[0] ?? 'N', sizeOf(weight.shape, 0), ...outputSize(x.shape, window)];
  return b.emit(
    'Conv',
    bias ? [x, weight, bias] : [x, weight],
    { ...windowAttributes(window), group: int(groups) },
    { shape },
  );
}

/**
 * The transpose of a convolution in its input: y [N, O, H′, W′], weight as the convolution's → an image of `shape`
 * [N, C, H, W], rows and columns that no window reached being zero.
 * @param end padding below and to the right, `evenPads` for one; what is left out of it by default
 */
export function convTranspose(
  b: GraphBuilder,
  y: Value,
  weight: Value,
  window: Window,
  groups: number,
  shape: Shape,
  end?: readonly [bottom: number, right: number],
): Value {
  const extra = beyondReach(y.shape, window, shape);
  // What lies beyond the image at its far end is cut off by padding, what was not reached there is added.
  const [bottom, right] = end ?? [Math.max(0, -extra[0]), Math.max(0, -extra[1])];
  const attributes: Attributes = {
    kernel_shape: ints(window.kernel),
    strides: ints(window.strides),
    dilations: ints(window.dilations),
    pads: ints([window.pads[0], window.pads[1], bottom, right]),
    output_padding: ints([extra[0] + bottom, extra[1] + right]),
    group: int(groups),
  };
  return b.emit('ConvTranspose', [y, weight], attributes, { shape });
}

/** Rows and columns of the image beyond what the transposed windows reach; negative where they reach further. */
function beyondReach(y: Shape, { kernel, strides, pads, dilations }: Window, shape: Shape): [number, number] {
  const along = (axis: 0 | 1): number => {
    const reached = (sizeOf(y, axis + 2) - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1;
    return sizeOf(shape, axis + 2) + pads[axis] - reached;
  };
  return [along(0), along(1)];
}

/**
 * Padding below and to the right of a transposed convolution that is as much as above and to the left, or null where the
 * output padding would be as much as the stride, which ONNX Runtime refuses.
 */
export function evenPads(y: Shape, window: Window, shape: Shape): [bottom: number, right: number] | null {
  const extra = beyondReach(y, window, shape);
  const isEven = ([0, 1] as const).every((axis) => {
    const added = extra[axis] + window.pads[axis];
    return added >= 0 && added < window.strides[axis];
  });
  return isEven ? [window.pads[0], window.pads[1]] : null;
}
