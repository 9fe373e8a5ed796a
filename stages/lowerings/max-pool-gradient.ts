import { equal, multiply, subtract, where } from '../graph/arithmetic.js';
import { float, type GraphBuilder, int, text, type Value } from '../graph/builder.js';
import { conv, pointwise, type Window, windowAttributes } from '../graph/convolution.js';
import { everySo, pad, reshape } from '../graph/layout.js';
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
 * The same by the indices of the maxima, as ONNX Runtime's CPU provider gives them. For a fixed batch only: the number of
 * elements is part of the graph.
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
  return scatter(b, x, [[indices, cotangent]], batch);
}

/**
 * The same for providers with many threads, by nothing but copies and comparisons: the indices are found here, since
 * ONNX Runtime's CUDA provider takes, of equal maxima, the first by columns, and its convolutions of zeros and ones are not
 * exact; and windows that don't overlap are scattered at a time, so that what adds up does so in the same order every time.
 * For a fixed batch only.
 * @param y the maxima [N, C, H′, W′]
 */
export function scatteredApartMaxPoolGradient(
  b: GraphBuilder,
  x: Value,
  y: Value,
  cotangent: Value,
  window: Window,
  batch: number,
): Value {
  const indices = firstMaxima(b, x, y, window, batch);
  return scatter(b, x, apart(b, [indices, cotangent], window), batch);
}

/** Adds up shares at flat indices into zeros of x's shape, one pair of [indices, shares] after another. */
function scatter(b: GraphBuilder, x: Value, pairs: readonly (readonly Value[])[], batch: number): Value {
  const perImage = elementsPerImage(x.shape);
  // Of one axis, [batch · perImage]; what is planned with the shape is its size.
  const shape: Dim[] = ['N', perImage];
  const zeros = b.emit('ConstantOfShape', [b.integers([batch * perImage])], {}, { shape });
  const flat = (value: Value | undefined): Value | null =>
    value ? b.emit('Reshape', [value, b.integers([-1])], {}, { shape: [], type: value.type }) : null;
  const scattered = pairs.reduce(
    (sum, [indices, shares]) =>
      b.emit(
        'ScatterElements',
        [sum, flat(indices), flat(shares)],
        { axis: int(0), reduction: text('add') },
        { shape },
      ),
    zeros,
  );
  const dims = x.shape.map((size) => (size === 'N' ? batch : size));
  return b.emit('Reshape', [scattered, b.integers(dims)], {}, { shape: x.shape });
}

/** The flat index, in the whole batch, of the first maximum of each window in row-major order: int64 [N, C, H′, W′]. */
function firstMaxima(b: GraphBuilder, x: Value, y: Value, window: Window, batch: number): Value {
  const [channels, height, width] = [sizeOf(x.shape, 1), sizeOf(x.shape, 2), sizeOf(x.shape, 3)];
  const [rows, columns] = [sizeOf(y.shape, 2), sizeOf(y.shape, 3)];
  const [top, left, bottom, right] = window.pads;
  const padded = pad(b, x, [0, 0, top, left, 0, 0, bottom, right], lowestOf(b));
  const elements = window.kernel[0] * window.kernel[1];
  const isMaximum = Array.from({ length: elements }, (_, element) => {
    const row = Math.floor(element / window.kernel[1]) * window.dilations[0];
    const column = (element % window.kernel[1]) * window.dilations[1];
    const [down, across] = window.strides;
    const seen = everySo(b, padded, [row, column], [down, across], [rows, columns]);
    return equal(b, seen, y);
  });
  return b.inSingle(() => {
    const places = (element: number): Value =>
      b.derived(
        `places of element ${element} of [${[window.kernel, window.strides, window.pads, window.dilations, height, width]}]`,
        [1, 1, rows, columns],
        () => placesOf(element, window, [height, width], [rows, columns]),
      );
    // The last to be chosen is the first of the window. Where nothing equals the maximum, it is NaN, as is what is scattered.
    const place = isMaximum.reduceRight(
      (later, isIt, element) => where(b, isIt, places(element), later),
      places(Math.floor(elements / 2)),
    );
    const whole = b.emit('Cast', [place], { to: int(7) }, { shape: y.shape, type: 'int64' });
    const first = b.emit(
      'Reshape',
      [
        b.derivedIntegers(`first of [${batch}, ${channels}, ${height * width}]`, batch * channels, () =>
          Array.from({ length: batch * channels }, (_, index) => index * height * width),
        ),
        b.integers([batch, channels, 1, 1]),
      ],
      {},
      { shape: ['N', channels, 1, 1], type: 'int64' },
    );
    return b.emit('Add', [whole, first], {}, { shape: y.shape, type: 'int64' });
  });
}

/** The flat place in the image of one element of each window; of one in the padding, the nearest pixel's. */
function placesOf(
  element: number,
  { kernel, strides, pads, dilations }: Window,
  [height, width]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): Float32Array {
  const within = (at: number, size: number): number => Math.min(size - 1, Math.max(0, at));
  const row = Math.floor(element / kernel[1]) * dilations[0] - pads[0];
  const column = (element % kernel[1]) * dilations[1] - pads[1];
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const i = within(Math.floor(at / columns) * strides[0] + row, height);
    return i * width + within((at % columns) * strides[1] + column, width);
  });
}

/** Windows of one class don't overlap: within a class no two of them scatter to the same pixel. */
function apart(b: GraphBuilder, values: readonly Value[], window: Window): readonly (readonly Value[])[] {
  const steps = ([0, 1] as const).map((axis) =>
    Math.ceil((window.dilations[axis] * (window.kernel[axis] - 1) + 1) / window.strides[axis]),
  ) as [number, number];
  const [down, across] = steps;
  if (down === 1 && across === 1) return [values];
  return Array.from({ length: down * across }, (_, index) => {
    const first = [Math.floor(index / across), index % across] as const;
    return values.flatMap((value) => {
      const count = ([0, 1] as const).map((axis) =>
        Math.ceil((sizeOf(value.shape, axis + 2) - first[axis]) / steps[axis]),
      ) as [number, number];
      return count.every((size) => size > 0) ? [everySo(b, value, first, steps, count)] : [];
    });
  }).filter((pair) => pair.length > 0);
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
