import { equal, multiply, subtract, where } from '../graph/arithmetic.js';
import { float, type GraphBuilder, int, text, type Value } from '../graph/builder.js';
import { conv, pointwise, type Window, windowAttributes } from '../graph/convolution.js';
import { pad, reshape } from '../graph/layout.js';
import { reduceSum } from '../graph/reduction.js';
import { type Dim, elementsPerImage, sizeOf } from '../graph/shape.js';
import { largestHalf } from '../onnx/float16.js';
import type { Lowerings } from './lowerings.js';
import { transposedConvolution } from './transposed-convolution.js';
import { oneHotKernels, unfold } from './unfold.js';

/** Below every activation of a network that computes with finite numbers. */
export const lowestOf = ({ precision }: GraphBuilder): number =>
  precision === 'half' ? -largestHalf : -3e38;

/**
 * The cotangent of a max-pool's input, with operations that every provider has: what each window saw is compared with
 * its maximum, the first element that equals it takes the cotangent, and a transposed convolution with one-hot kernels
 * puts it back in its place.
 * @param x [N, C, H, W] @param y the maxima [N, C, H′, W′] @param cotangent of y
 */
export function comparedMaxPoolGradient(
  b: GraphBuilder,
  x: Value,
  y: Value,
  cotangent: Value,
  window: Window,
  { unfolding, transposedConvolution: form }: Pick<Lowerings, 'unfolding' | 'transposedConvolution'>,
): Value {
  const channels = sizeOf(x.shape, 1);
  const elements = window.kernel[0] * window.kernel[1];
  const [top, left, bottom, right] = window.pads;
  const unpadded: Window = { ...window, pads: [0, 0, 0, 0] };
  const padded = pad(b, x, [0, 0, top, left, 0, 0, bottom, right], lowestOf(b));
  const places: Dim[] = ['N', channels, elements, sizeOf(y.shape, 2) * sizeOf(y.shape, 3)];
  const perWindow = (value: Value): Value =>
    reshape(b, value, ['N', channels, 1, sizeOf(y.shape, 2) * sizeOf(y.shape, 3)]);
  const gap = subtract(b, perWindow(y), reshape(b, unfold(b, padded, unpadded, unfolding), places));
  const isMaximum = none(b, gap);
  const spatial: Dim[] = ['N', channels * elements, sizeOf(y.shape, 2), sizeOf(y.shape, 3)];
  const earlier = conv(
    b,
    reshape(b, isMaximum, spatial),
    earlierElements(b, channels, elements),
    null,
    pointwise,
    channels,
  );
  const isFirst = multiply(b, isMaximum, reshape(b, none(b, earlier), places));
  const shares = reshape(b, multiply(b, isFirst, perWindow(cotangent)), spatial);
  const kernels = oneHotKernels(b, channels, window);
  return transposedConvolution(b, shares, kernels, window, channels, x.shape, form);
}

/**
 * The same by the indices of the maxima, which ONNX Runtime's CPU provider gives fast. For a fixed batch only: the
 * number of elements is part of the graph.
 */
export function scatteredMaxPoolGradient(
  b: GraphBuilder,
  x: Value,
  cotangent: Value,
  window: Window,
  batch: number,
): Value {
  const [, indices] = b.emitAll('MaxPool', [x], { ...windowAttributes(window), ceil_mode: int(0) }, [
    { shape: cotangent.shape },
    { shape: cotangent.shape, type: 'int64' },
  ]);
  if (!indices) throw new TypeError('MaxPool gives indices as its second output');
  const perImage = elementsPerImage(x.shape);
  // Of one axis, [batch · perImage]; what is planned with the shape is its size.
  const shape: Dim[] = ['N', perImage];
  const zeros = b.emit('ConstantOfShape', [b.integers([batch * perImage])], {}, { shape });
  const flat = (value: Value) =>
    b.emit('Reshape', [value, b.integers([-1])], {}, { shape: [], type: value.type });
  const scattered = b.emit(
    'ScatterElements',
    [zeros, flat(indices), flat(cotangent)],
    { axis: int(0), reduction: text('add') },
    { shape },
  );
  const dims = x.shape.map((size) => (size === 'N' ? batch : size));
  return b.emit('Reshape', [scattered, b.integers(dims)], {}, { shape: x.shape });
}

/**
 * The same, each pixel collecting from the windows that see it what they have their maximum there: copies, comparisons
 * and a short sum, in the same order every time, which scattering with many threads is not. For a fixed batch only.
 */
export function collectedMaxPoolGradient(
  b: GraphBuilder,
  x: Value,
  cotangent: Value,
  window: Window,
  batch: number,
): Value {
  const [, indices] = b.emitAll('MaxPool', [x], { ...windowAttributes(window), ceil_mode: int(0) }, [
    { shape: cotangent.shape },
    { shape: cotangent.shape, type: 'int64' },
  ]);
  if (!indices) throw new TypeError('MaxPool gives indices as its second output');
  const [channels, height, width] = [sizeOf(x.shape, 1), sizeOf(x.shape, 2), sizeOf(x.shape, 3)];
  const pixels = height * width;
  const { places, most } = seeingWindows(x.shape, cotangent.shape, window);
  const table = b.integers(places);
  const seen: Dim[] = ['N', channels, most, pixels];
  const positions: Dim[] = ['N', channels, elementsPerImage(cotangent.shape.slice(2))];
  const collected = (value: Value): Value => {
    const shape: Dim[] = ['N', channels, places.length];
    return reshape(
      b,
      b.emit('Gather', [reshape(b, value, positions), table], { axis: int(2) }, { shape }),
      seen,
    );
  };
  // Indices count through the whole batch; compared are places in the image, which float32 holds.
  const here = b.inSingle(() => {
    const first = b.emit(
      'Reshape',
      [
        b.integers(Array.from({ length: batch * channels }, (_, index) => index * pixels)),
        b.integers([batch, channels, 1]),
      ],
      {},
      { shape: ['N', channels, 1], type: 'int64' },
    );
    const inImage = subtract(b, reshape(b, indices, positions), first);
    const chosen = b.emit('Cast', [inImage], { to: int(1) }, { shape: positions });
    const pixel = b.derived(`pixels [${pixels}]`, [1, 1, 1, pixels], () =>
      Float32Array.from({ length: pixels }, (_, index) => index),
    );
    return equal(b, collected(chosen), pixel);
  });
  const shares = where(b, here, collected(cotangent), b.scalar(0));
  return reshape(b, reduceSum(b, shares, [2]), x.shape);
}

/** Whether each pixel can name as many windows as any pixel is seen by, and its place is exact in float32. */
export function collectingApplies(x: Value, y: Value, window: Window): boolean {
  const windows = elementsPerImage(y.shape.slice(2));
  return (
    windows > mostWindows(window) &&
    elementsPerImage(x.shape.slice(2)) < 2 ** 24 &&
    // ONNX Runtime's CUDA provider gives wrong indices for dilated, padded windows.
    window.dilations.every((dilation) => dilation === 1)
  );
}

const mostWindows = ({ kernel, strides, dilations }: Window): number =>
  ([0, 1] as const)
    .map((axis) => Math.ceil((dilations[axis] * (kernel[axis] - 1) + 1) / strides[axis]))
    .reduce((product, count) => product * count, 1);

/**
 * For each pixel the windows that see it, [most, H·W]; where they are fewer, others, which can't have their maximum at
 * that pixel.
 */
function seeingWindows(
  shape: Value['shape'],
  pooled: Value['shape'],
  window: Window,
): { readonly places: number[]; readonly most: number } {
  const [height, width] = [sizeOf(shape, 2), sizeOf(shape, 3)];
  const [rows, columns] = [sizeOf(pooled, 2), sizeOf(pooled, 3)];
  const most = mostWindows(window);
  const places = new Array<number>(most * height * width);
  const along = (at: number, axis: 0 | 1, count: number): number[] => {
    const [kernel, stride, begin] = [window.kernel[axis], window.strides[axis], window.pads[axis]];
    const found = [];
    for (let step = Math.max(0, Math.ceil((at + begin - kernel + 1) / stride)); step < count; step++) {
      if (step * stride - begin > at) break;
      found.push(step);
    }
    return found;
  };
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const seeing = along(row, 0, rows).flatMap((i) =>
        along(column, 1, columns).map((j) => i * columns + j),
      );
      const taken = new Set(seeing);
      for (let other = 0; seeing.length < most; other++) if (!taken.has(other)) seeing.push(other);
      for (const [slot, place] of seeing.entries())
        places[slot * height * width + row * width + column] = place;
    }
  return { places, most };
}

/** 1 where x is 0, for x ≥ 0. */
function none(b: GraphBuilder, x: Value): Value {
  if (b.precision === 'half') return where(b, equal(b, x, b.scalar(0)), b.scalar(1), b.scalar(0));
  return b.emit('HardSigmoid', [x], { alpha: float(-3e38), beta: float(1) }, { shape: x.shape });
}

/** Kernels that count, for each element of a window, the maxima before it. */
function earlierElements(b: GraphBuilder, channels: number, elements: number): Value {
  const dims = [channels * elements, elements, 1, 1];
  return b.derived(`earlier elements [${dims}]`, dims, () =>
    new Float32Array(channels * elements * elements).map((_, index) =>
      index % elements < Math.floor(index / elements) % elements ? 1 : 0,
    ),
  );
}
