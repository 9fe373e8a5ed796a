import type { GraphBuilder, Value } from '../graph/builder.js';
import { conv, type Window } from '../graph/convolution.js';
import { sizeOf } from '../graph/shape.js';
import { elementCost } from './product-norm.js';

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
 * in row-major order beside each other. One grouped convolution: it runs in parallel and, for channel counts that
 * allow it, in ONNX Runtime's blocked layout.
 */
export function unfold(b: GraphBuilder, x: Value, window: Window): Value {
  if (seesEachPixelOnce(window)) return x;
  const channels = sizeOf(x.shape, 1);
  return conv(b, x, oneHotKernels(b, channels, window), null, window, channels);
}

/** Cost of unfolding one image, in multiplications: each element is written twice, and read. */
export function unfoldCost(channels: number, positions: number, window: Window): number {
  if (seesEachPixelOnce(window)) return 0;
  return channels * window.kernel[0] * window.kernel[1] * positions * elementCost;
}

/** The size alone would not do: a stride and padding may keep it. */
function seesEachPixelOnce({ kernel, strides, pads }: Window): boolean {
  return [...kernel, ...strides].every((size) => size === 1) && pads.every((size) => size === 0);
}
