import { multiply } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { conv, pointwise } from '../graph/convolution.js';
import type { Lowerings } from './lowerings.js';

/**
 * x times a constant factor for each channel: [N, C, …] → the same shape. As a depthwise convolution it stays in ONNX
 * Runtime's blocked layout.
 */
export function scaleChannels(
  b: GraphBuilder,
  x: Value,
  factors: Float32Array,
  form: Lowerings['channelScale'],
): Value {
  const channels = factors.length;
  if (form === 'depthwise' && x.shape.length === 4)
    return conv(b, x, b.floats([channels, 1, 1, 1], factors), null, pointwise, channels);
  return multiply(b, x, b.floats([channels, ...x.shape.slice(2).map(() => 1)], factors));
}
