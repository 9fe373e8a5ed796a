import { ones } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { conv, pointwise, type Window } from '../graph/convolution.js';
import { cut } from '../graph/layout.js';
import { sizeOf } from '../graph/shape.js';

/** Elements of a kernel, along one axis, that see the same phase of an image: every stride-th of its rows or columns. */
export interface PhaseTaps {
  /** The first row or column of the phase, counted in the padded image. */
  readonly phase: number;
  /** Elements of the kernel. */
  readonly elements: readonly number[];
  /** Of each, how many rows or columns of the phase it lies behind the first. */
  readonly offsets: readonly number[];
}

/** A kernel's elements along an axis by the phase that they see. */
export function phaseTaps({ kernel, strides, dilations }: Window, axis: 0 | 1): readonly PhaseTaps[] {
  const [stride, dilation] = [strides[axis], dilations[axis]];
  const places = Array.from({ length: kernel[axis] }, (_, element) => element * dilation);
  return [...new Set(places.map((place) => place % stride))].map((phase) => {
    const elements = [...places.keys()].filter((element) => (places[element] ?? 0) % stride === phase);
    return { phase, elements, offsets: elements.map((element) => Math.floor((element * dilation) / stride)) };
  });
}

/**
 * A phase of a padded image [N, C, H, W] as an image of its own, with zeros where it reaches over the end: a convolution
 * that looks at single pixels, each channel by itself, which stays in ONNX Runtime's blocked layout.
 * @param first row and column of the padded image
 * @param steps from row to row and from column to column
 * @param count rows and columns of the result
 */
export function phaseOf(
  b: GraphBuilder,
  x: Value,
  { pads, strides }: Pick<Window, 'pads' | 'strides'>,
  first: readonly [row: number, column: number],
  count: readonly [rows: number, columns: number],
): Value {
  const along = (axis: 0 | 1) => {
    const size = sizeOf(x.shape, axis + 2);
    const start = first[axis] - pads[axis];
    const last = start + strides[axis] * (count[axis] - 1);
    const from = Math.max(0, start);
    // What is left behind the last one is not reached by another step.
    const to = size - last > strides[axis] ? last + 1 : size;
    return {
      part: { axis: axis + 2, start: from, count: to - from, step: 1 },
      before: Math.max(0, -start),
      behind: Math.max(0, last + 1 - size),
    };
  };
  const [rows, columns] = [along(0), along(1)];
  const window: Window = {
    ...pointwise,
    strides,
    pads: [rows.before, columns.before, rows.behind, columns.behind],
  };
  const seen = cut(b, x, [rows.part, columns.part]);
  if ([...strides, ...window.pads.map((size) => size + 1)].every((size) => size === 1)) return seen;
  const channels = sizeOf(x.shape, 1);
  return conv(b, seen, ones(b, [channels, 1, 1, 1]), null, window, channels);
}
