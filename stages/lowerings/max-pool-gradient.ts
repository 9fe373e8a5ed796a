import { equal, multiply, subtract, where } from '../graph/arithmetic.js';
import { float, type GraphBuilder, int, text, type Value } from '../graph/builder.js';
import { conv, pointwise, type Window, windowAttributes } from '../graph/convolution.js';
import { pad, reshape } from '../graph/layout.js';
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
 * The same by the indices of the maxima, which ONNX Runtime gives fast. For a fixed batch only: the number of elements is
 * part of the graph.
 * @param form `scattered-apart`: windows that don't overlap at a time, so that many threads add up in the same order
 * every time
 */
export function scatteredMaxPoolGradient(
  b: GraphBuilder,
  x: Value,
  cotangent: Value,
  window: Window,
  batch: number,
  form: 'scattered' | 'scattered-apart',
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
  const classes = form === 'scattered' ? [[indices, cotangent]] : apart(b, [indices, cotangent], window);
  const scattered = classes.reduce(
    (sum, [places = indices, shares = cotangent]) =>
      b.emit(
        'ScatterElements',
        [sum, flat(places), flat(shares)],
        { axis: int(0), reduction: text('add') },
        { shape },
      ),
    zeros,
  );
  const dims = x.shape.map((size) => (size === 'N' ? batch : size));
  return b.emit('Reshape', [scattered, b.integers(dims)], {}, { shape: x.shape });
}

/** Windows of one class don't overlap: within a class no two of them scatter to the same pixel. */
function apart(b: GraphBuilder, values: readonly Value[], window: Window): readonly (readonly Value[])[] {
  const [down, across] = ([0, 1] as const).map((axis) =>
    Math.ceil((window.dilations[axis] * (window.kernel[axis] - 1) + 1) / window.strides[axis]),
  ) as [number, number];
  return Array.from({ length: down * across }, (_, index) =>
    values.map((value) => everySo(b, value, Math.floor(index / across), index % across, down, across)),
  ).filter(([first]) => first && elementsPerImage(first.shape) > 0);
}

/** Rows `row`, `row + down`, … and columns `column`, `column + across`, … */
function everySo(
  b: GraphBuilder,
  x: Value,
  row: number,
  column: number,
  down: number,
  across: number,
): Value {
  const [height, width] = [sizeOf(x.shape, 2), sizeOf(x.shape, 3)];
  const count = (size: number, first: number, step: number) => Math.max(0, Math.ceil((size - first) / step));
  const shape: Dim[] = [...x.shape.slice(0, 2), count(height, row, down), count(width, column, across)];
  if (down === 1 && across === 1) return x;
  const inputs = [
    x,
    b.integers([row, column]),
    b.integers([height, width]),
    b.integers([2, 3]),
    b.integers([down, across]),
  ];
  return b.emit('Slice', inputs, {}, { shape, type: x.type });
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
