import { type GraphBuilder, int, type Value } from '../graph/builder.js';
import { conv, outputSize, type Window } from '../graph/convolution.js';
import { everySo, pad, reshape } from '../graph/layout.js';
import { sizeOf } from '../graph/shape.js';
import type { Lowerings } from './lowerings.js';

/** One-hot kernels [C·kh·kw, 1, kh, kw]: kernel c·kh·kw + q picks element q of the window. */
export function oneHotKernels(b: GraphBuilder, channels: number, window: Window): Value {
  const elements = window.kernel[0] * window.kernel[1];
  const dims = [channels * elements, 1, ...window.kernel];
  return b.derived(`one-hot kernels [${dims}]`, dims, () => {
    const data = new Float32Array(channels * elements * elements);
    for (let row = 0; row < channels * elements; row++) data[row * elements + (row % elements)] = 1;
    return data;
  });
}

/**
 * The elements that each window position sees, as channels: [N, C, H, W] → [N, C·kh·kw, H′, W′], elements of a channel
 * in row-major order beside each other. Convolved, it runs in parallel on processors and, for channel counts that allow
 * it, in ONNX Runtime's blocked layout; gathered, it is a copy, which GPUs are faster with.
 */
export function unfold(b: GraphBuilder, x: Value, window: Window, form: Lowerings['unfolding']): Value {
  if (seesEachPixelOnce(window)) return x;
  if (form === 'gathered') return gathered(b, x, window);
  const channels = sizeOf(x.shape, 1);
  return conv(b, x, oneHotKernels(b, channels, window), null, window, channels);
}

/** What windows of one pixel see, without padding. [N, C, H, W] → [N, C, H′, W′] */
export function sampled(b: GraphBuilder, x: Value, window: Window): Value {
  const { strides } = window;
  if (strides.every((step) => step === 1)) return x;
  return everySo(b, x, [0, 0], strides, outputSize(x.shape, window));
}

/** By the place of each element in the padded image: [kh·kw, H′·W′] places, the same for all channels. */
function gathered(b: GraphBuilder, x: Value, window: Window): Value {
  const [top, left, bottom, right] = window.pads;
  const padded = pad(b, x, [0, 0, top, left, 0, 0, bottom, right]);
  const [batch = 'N', channels = 1] = x.shape;
  const width = sizeOf(padded.shape, 3);
  const [rows, columns] = outputSize(x.shape, window);
  const elements = window.kernel[0] * window.kernel[1];
  const length = elements * rows * columns;
  const key = `places in rows of ${width} [${[rows, columns, window.kernel, window.strides, window.dilations]}]`;
  const places = b.derivedIntegers(key, length, () => placesSeen(window, [rows, columns], width));
  const flat = reshape(b, padded, [batch, channels, sizeOf(padded.shape, 2) * width]);
  const seen = b.emit('Gather', [flat, places], { axis: int(2) }, { shape: [batch, channels, length] });
  return reshape(b, seen, [batch, Number(channels) * elements, rows, columns]);
}

/** The flat place, in rows of `width` pixels, of each element of the kernel at each position. */
function placesSeen(
  { kernel, strides, dilations }: Window,
  [rows, columns]: readonly [number, number],
  width: number,
): number[] {
  const places: number[] = [];
  for (let i = 0; i < kernel[0]; i++)
    for (let j = 0; j < kernel[1]; j++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          places.push((row * strides[0] + i * dilations[0]) * width + column * strides[1] + j * dilations[1]);
  return places;
}

/**
 * Cost of unfolding one image, in multiplications: each element is written twice, and read.
 * @param elementCost of moving one element
 */
export function unfoldCost(channels: number, positions: number, window: Window, elementCost: number): number {
  if (seesEachPixelOnce(window)) return 0;
  return channels * window.kernel[0] * window.kernel[1] * positions * elementCost;
}

/** The size alone would not do: a stride and padding may keep it. */
function seesEachPixelOnce({ kernel, strides, pads }: Window): boolean {
  return [...kernel, ...strides].every((size) => size === 1) && pads.every((size) => size === 0);
}
