import { expand, multiply } from '../graph/arithmetic.js';
import { type GraphBuilder, text, type Value } from '../graph/builder.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import { scaleChannels } from './channel-scale.js';
import type { Lowerings } from './lowerings.js';

/** A nearest-neighbour enlargement by whole factors: [N, C, H, W] → [N, C, H · rows, W · columns]. */
export function enlarge(b: GraphBuilder, x: Value, rows: number, columns: number): Value {
  if (rows === 1 && columns === 1) return x;
  const [batch = 'N', channels = 1] = x.shape;
  const shape = [batch, channels, sizeOf(x.shape, 2) * rows, sizeOf(x.shape, 3) * columns];
  // The one way of resizing that ONNX Runtime has for its blocked layout.
  const attributes = {
    mode: text('nearest'),
    coordinate_transformation_mode: text('asymmetric'),
    nearest_mode: text('floor'),
  };
  return b.emit('Resize', [x, null, b.floats([4], [1, 1, rows, columns])], attributes, { shape });
}

/** factor · x at every position of `shape`: [N, C, 1, 1] → [N, C, H, W]. */
export function spreadOverPositions(
  b: GraphBuilder,
  x: Value,
  factor: number,
  shape: Shape,
  lowerings: Pick<Lowerings, 'spread' | 'channelScale'>,
): Value {
  if (lowerings.spread === 'broadcast' || shape.length !== 4)
    return expand(b, multiply(b, x, b.scalar(factor)), shape);
  const factors = new Float32Array(sizeOf(shape, 1)).fill(factor);
  const scaled = scaleChannels(b, x, factors, lowerings.channelScale);
  return enlarge(b, scaled, sizeOf(shape, 2), sizeOf(shape, 3));
}
