import { ModelError } from '../errors.js';
import { multiply, ones } from '../graph/arithmetic.js';
import { type GraphBuilder, int, type Value } from '../graph/builder.js';
import { conv, outputSize, overhanging, type Window, windowAttributes } from '../graph/convolution.js';
import { pad } from '../graph/layout.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { transposedConvolution } from '../lowerings/transposed-convolution.js';
import { alsoOverRows } from './one-axis.js';
import { valueAt } from './operands.js';
import type { NodeContext } from './operation.js';
import { readWindow } from './window.js';
import { alsoOverWindowsAsChannels } from './windows-as-channels.js';

/**
 * The mean over each window; padding counts or not, as `count_include_pad` says. What a last window has beyond the
 * padding (`ceil_mode`) never counts.
 */
export const averagePool = alsoOverWindowsAsChannels(
  alsoOverRows({
    type: 'AveragePool',
    inputs: [1, 1],
    forward(context) {
      const { builder: b } = context;
      const { window, countsPadding, padded } = geometry(context);
      const x = padded ? pad(b, valueAt(context, 0), padded) : valueAt(context, 0);
      if (isDilated(window)) return [dilatedMean(b, x, window, countsPadding)];
      const { dilations: _, ...attributes } = windowAttributes(window);
      return [
        b.emit(
          'AveragePool',
          [x],
          { ...attributes, count_include_pad: int(countsPadding ? 1 : 0) },
          { shape: [...x.shape.slice(0, 2), ...outputSize(x.shape, window)] },
        ),
      ];
    },
    backward(context) {
      const { builder: b, cotangent, lowerings } = context;
      const { shape, window, countsPadding, padded } = geometry(context);
      const channels = sizeOf(shape, 1);
      const elements = window.kernel[0] * window.kernel[1];
      const kernels = ones(b, [channels, 1, ...window.kernel]);
      const shares = countsPadding ? b.scalar(1 / elements) : inverseCounts(b, shape, window);
      const spread = multiply(b, cotangent, shares);
      const form = lowerings.transposedConvolution;
      const gradient = transposedConvolution(b, spread, kernels, window, channels, shape, form);
      return padded
        ? pad(
            b,
            gradient,
            padded.map((size) => -size),
          )
        : gradient;
    },
  }),
);

const isDilated = ({ dilations }: Window): boolean => dilations.some((dilation) => dilation !== 1);

/** As a convolution of each channel with ones: the operation that is written has no dilation. */
function dilatedMean(b: GraphBuilder, x: Value, window: Window, countsPadding: boolean): Value {
  const channels = sizeOf(x.shape, 1);
  const sum = conv(b, x, ones(b, [channels, 1, ...window.kernel]), null, window, channels);
  const [height, width] = window.kernel;
  return multiply(b, sum, countsPadding ? b.scalar(1 / (height * width)) : inverseCounts(b, x.shape, window));
}

interface Geometry {
  /** Of the image that is pooled, [N, C, H, W]. */
  readonly shape: Shape;
  readonly window: Window;
  /** Whether the window's own padding counts. */
  readonly countsPadding: boolean;
  /** Padding that counts where an overhang does not, put around the image before it is pooled, or null. */
  readonly padded: readonly number[] | null;
}

function geometry(context: NodeContext): Geometry {
  const { node } = context;
  const { shape } = valueAt(context, 0);
  const window = readWindow(node, shape);
  const [top, left, bottom, right] = window.pads;
  const [rows, columns] = ([0, 1] as const).map((axis) => window.dilations[axis] * (window.kernel[axis] - 1));
  if (Math.max(top, bottom) > (rows ?? 0) || Math.max(left, right) > (columns ?? 0))
    throw new ModelError(`pads [${window.pads}] make windows of padding alone`);
  const countsPadding = intAttribute(node, 'count_include_pad', 0) !== 0;
  const whole = { shape, window, countsPadding, padded: null };
  if (intAttribute(node, 'ceil_mode', 0) === 0) return whole;
  const over = overhanging(shape, window);
  if (String(over.pads) === String(window.pads)) return whole;
  if (!countsPadding) return { ...whole, window: over };
  return {
    shape: [...shape.slice(0, 2), sizeOf(shape, 2) + top + bottom, sizeOf(shape, 3) + left + right],
    window: { ...window, pads: [0, 0, over.pads[2] - bottom, over.pads[3] - right] },
    countsPadding: false,
    padded: [0, 0, top, left, 0, 0, bottom, right],
  };
}

/** 1 / number of pixels, not padding, that each window sees: [1, 1, H′, W′]. */
function inverseCounts(b: GraphBuilder, shape: Shape, window: Window): Value {
  const [height, width] = outputSize(shape, window);
  const size = [sizeOf(shape, 2), sizeOf(shape, 3)] as const;
  const seen = (axis: 0 | 1, step: number): number => {
    const start = step * window.strides[axis] - window.pads[axis];
    const dilation = window.dilations[axis];
    const before = Math.max(0, Math.ceil(-start / dilation));
    return Math.min(window.kernel[axis], Math.ceil((size[axis] - start) / dilation)) - before;
  };
  const dims = [1, 1, height, width];
  const sees = (axis: 0 | 1, steps: number) => [...Array(steps).keys()].every((step) => seen(axis, step) > 0);
  if (!sees(0, height) || !sees(1, width))
    throw new ModelError(`pads [${window.pads}] make windows of padding alone`);
  return b.derived(`inverse counts [${dims}] of ${JSON.stringify(window)} in [${size}]`, dims, () =>
    new Float32Array(height * width).map(
      (_, at) => 1 / (seen(0, Math.floor(at / width)) * seen(1, at % width)),
    ),
  );
}
