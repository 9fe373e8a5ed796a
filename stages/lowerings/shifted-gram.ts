import { multiply, ones } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { conv, pointwise, type Window } from '../graph/convolution.js';
import { reshape, slice } from '../graph/layout.js';
import { wholeMatMul } from '../graph/matrix.js';
import { reduceSum } from '../graph/reduction.js';
import { sizeOf } from '../graph/shape.js';
import type { ConvolutionLayer } from './convolution-layer.js';
import { gram } from './product-norm.js';

/** Whether windows step by one and the last padded pixel is padding. */
export function shiftedGramApplies({ window }: ConvolutionLayer): boolean {
  const { strides, pads, kernel } = window;
  return (
    strides.every((stride) => stride === 1) &&
    pads.every((size) => size >= 0) &&
    pads[2] + pads[3] > 0 &&
    kernel[0] * kernel[1] > 1
  );
}

/** Cost for one image, in multiplications. */
export function shiftedGramCost(layer: ConvolutionLayer): number {
  if (!shiftedGramApplies(layer)) return Number.POSITIVE_INFINITY;
  const { padded, last } = paddedSizes(layer);
  const channels = sizeOf(layer.x.shape, 1);
  const kernels = sizeOf(layer.cotangent.shape, 1);
  const { groups } = layer;
  const { elementCost } = layer.lowerings;
  const grams = padded * padded * (channels + kernels);
  const moved = (channels + kernels + 6 * groups * padded) * padded * elementCost;
  return grams + groups * last * padded * padded + moved;
}

/**
 * ‖diag(s)·∂W‖² of each image, [N], by Gram matrices, with nothing unfolded. With G = XᵀX over the channels of the
 * padded input, the Gram matrix of what the windows see is Σ_q G[p + q, p′ + q] over the offsets q of a window's
 * elements. In the flat order of G every step along a diagonal is Pp + 1 elements, Pp being the number of padded
 * pixels: in rows of that length the sum over q adds up rows, which is a product with a matrix of zeros and ones.
 * @param rowScale s, one factor for each kernel; ones when null
 */
export function shiftedGramNorm(
  b: GraphBuilder,
  layer: ConvolutionLayer,
  rowScale: Float32Array | null,
): Value {
  const { x, cotangent, window, groups } = layer;
  const { height, width, padded, last } = paddedSizes(layer);
  const grouped = (value: Value) => reshape(b, value, ['N', groups, sizeOf(value.shape, 1) / groups, padded]);
  const seen = grouped(padChannels(b, x, window.pads, null));
  const [below, beside] = [height - sizeOf(cotangent.shape, 2), width - sizeOf(cotangent.shape, 3)];
  const deltas = grouped(padChannels(b, cotangent, [0, 0, below, beside], rowScale));
  const diagonals = (matrix: Value, rows: number) =>
    reshape(b, slice(b, reshape(b, matrix, ['N', groups, padded * padded]), 2, 0, rows * (padded + 1)), [
      'N',
      groups,
      rows,
      padded + 1,
    ]);
  const windows = wholeMatMul(
    b,
    rowSums(b, last, padded - 1, offsets(layer, width)),
    diagonals(gram(b, seen), padded - 1),
  );
  const weighted = diagonals(gram(b, deltas), last);
  return reduceSum(b, multiply(b, weighted, windows), [1, 2, 3]);
}

/**
 * x times a factor for each channel, with zeros around: a depthwise convolution is several times as fast as Pad, which
 * runs on one thread and outside of ONNX Runtime's blocked layout.
 */
function padChannels(b: GraphBuilder, x: Value, pads: Window['pads'], factors: Float32Array | null): Value {
  const channels = sizeOf(x.shape, 1);
  const dims = [channels, 1, 1, 1];
  return conv(
    b,
    x,
    factors ? b.floats(dims, factors) : ones(b, dims),
    null,
    { ...pointwise, pads },
    channels,
  );
}

interface PaddedSizes {
  readonly height: number;
  readonly width: number;
  /** Pixels of the padded input. */
  readonly padded: number;
  /** One more than the flat index, in the padded input, of the last window's first element. */
  readonly last: number;
}

function paddedSizes({ x, cotangent, window }: ConvolutionLayer): PaddedSizes {
  const height = sizeOf(x.shape, 2) + window.pads[0] + window.pads[2];
  const width = sizeOf(x.shape, 3) + window.pads[1] + window.pads[3];
  const last = (sizeOf(cotangent.shape, 2) - 1) * width + sizeOf(cotangent.shape, 3);
  return { height, width, padded: height * width, last };
}

/** Where a window's elements lie from its first, in the flat padded input. */
function offsets({ window }: ConvolutionLayer, width: number): number[] {
  const { kernel, dilations } = window;
  return Array.from(
    { length: kernel[0] * kernel[1] },
    (_, q) => Math.floor(q / kernel[1]) * dilations[0] * width + (q % kernel[1]) * dilations[1],
  );
}

/** The matrix [rows, columns] whose product adds up the rows at all offsets from each. */
function rowSums(b: GraphBuilder, rows: number, columns: number, steps: readonly number[]): Value {
  const dims = [rows, columns];
  return b.derived(`sums of rows [${dims}] at ${steps}`, dims, () => {
    const data = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++)
      for (const step of steps) if (row + step < columns) data[row * columns + row + step] = 1;
    return data;
  });
}
