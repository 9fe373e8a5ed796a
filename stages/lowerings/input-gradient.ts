import type { GraphBuilder, Value } from '../graph/builder.js';
import { conv, convTranspose, type Window } from '../graph/convolution.js';
import type { Shape } from '../graph/shape.js';
import type { FloatTensor } from '../onnx/model.js';

/**
 * The cotangent of a convolution's input: a convolution with flipped kernels where the stride is 1, else a transposed
 * convolution.
 * @param cotangent [N, O, H′, W′] @param weight [O, C/groups, kh, kw] @param shape [N, C, H, W]
 */
export function convolutionInputGradient(
  b: GraphBuilder,
  cotangent: Value,
  weight: FloatTensor,
  window: Window,
  groups: number,
  shape: Shape,
): Value {
  const { kernel, strides, pads, dilations } = window;
  const extent = [dilations[0] * (kernel[0] - 1), dilations[1] * (kernel[1] - 1)] as const;
  const mirrored = [
    extent[0] - pads[0],
    extent[1] - pads[1],
    extent[0] - pads[2],
    extent[1] - pads[3],
  ] as const;
  if (strides[0] === 1 && strides[1] === 1 && mirrored.every((size) => size >= 0)) {
    const flipped = flippedKernels(weight, groups);
    return conv(
      b,
      cotangent,
      b.floats(flipped.dims, flipped.data),
      null,
      { ...window, pads: mirrored },
      groups,
    );
  }
  return convTranspose(b, cotangent, b.floats(weight.dims, weight.data), window, groups, shape);
}

/** By elements, then by the shape that they are turned into: convolutions may share elements, not groups. */
const flippedCache = new WeakMap<Float32Array, Map<string, FloatTensor>>();

/** [O, C/groups, kh, kw] → [C, O/groups, kh, kw], kernels turned by 180°. */
export function flippedKernels(weight: FloatTensor, groups: number): FloatTensor {
  const forms = flippedCache.get(weight.data) ?? new Map<string, FloatTensor>();
  flippedCache.set(weight.data, forms);
  const key = `${weight.dims}/${groups}`;
  const known = forms.get(key);
  if (known) return known;
  const [outputs = 1, inputs = 1, height = 1, width = 1] = weight.dims;
  const perGroup = outputs / groups;
  const elements = height * width;
  const data = new Float32Array(weight.data.length);
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++) {
      const from = (o * inputs + i) * elements;
      const to = ((Math.floor(o / perGroup) * inputs + i) * perGroup + (o % perGroup)) * elements;
      for (let q = 0; q < elements; q++) data[to + q] = weight.data[from + elements - 1 - q] ?? 0;
    }
  const flipped: FloatTensor = { type: 'float32', dims: [inputs * groups, perGroup, height, width], data };
  forms.set(key, flipped);
  return flipped;
}
