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
 * @param symmetric whether it is padded alike on both sides where that can be, which ONNX Runtime's CUDA provider needs
 */
export function convTranspose(
  b: GraphBuilder,
  y: Value,
  weight: Value,
  window: Window,
  groups: number,
  shape: Shape,
  symmetric = false,
): Value {
  const reached = (axis: 0 | 1): number =>
    (sizeOf(y.shape, axis + 2) - 1) * window.strides[axis] +
    window.dilations[axis] * (window.kernel[axis] - 1) +
    1;
  const [top, left] = window.pads;
  const extra = [sizeOf(shape, 2) + top - reached(0), sizeOf(shape, 3) + left - reached(1)] as const;
  // What lies beyond the image at its far end is cut off by padding, what was not reached there is added.
  const least = [Math.max(0, -extra[0]), Math.max(0, -extra[1])] as const;
  // Output padding must be less than the stride or the dilation.
  const alike = ([top, left] as const).map((begin, axis) =>
    begin + (extra[axis] ?? 0) < Math.max(window.strides[axis] ?? 1, window.dilations[axis] ?? 1)
      ? Math.max(begin, least[axis] ?? 0)
      : (least[axis] ?? 0),
  );
  const [bottom = 0, right = 0] = symmetric ? alike : least;
  const attributes: Attributes = {
    kernel_shape: ints(window.kernel),
    strides: ints(window.strides),
    dilations: ints(window.dilations),
    pads: ints([top, left, bottom, right]),
    output_padding: ints([extra[0] + bottom, extra[1] + right]),
    group: int(groups),
  };
  return b.emit('ConvTranspose', [y, weight], attributes, { shape });
}
