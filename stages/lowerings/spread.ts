import { expand, multiply } from '../graph/arithmetic.js';
import { type GraphBuilder, text, type Value } from '../graph/builder.js';
import { elementsPerImage, type Shape, sameShape, sizeOf } from '../graph/shape.js';
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

/** Whether a shape is that of a number for each channel of an image of the other shape, with more positions than one. */
function isGateOf(gate: Shape, gated: Shape): boolean {
  const [rows = 1, columns = 1] = gated.slice(2);
  const onePosition = [gated[0] ?? 'N', gated[1] ?? 1, 1, 1];
  return gated.length === 4 && sameShape(gate, onePosition) && !(rows === 1 && columns === 1);
}

/**
 * An image's factor for each channel, [N, C, 1, 1], as one for every position of what it multiplies, so that the product
 * stays in ONNX Runtime's blocked layout. Null for other shapes, and where factors are broadcast.
 */
export function spreadGate(
  b: GraphBuilder,
  gate: Value,
  gated: Shape,
  { spread }: Pick<Lowerings, 'spread'>,
): Value | null {
  if (spread === 'broadcast' || gate.shape[0] !== 'N' || !isGateOf(gate.shape, gated)) return null;
  return enlarge(b, gate, sizeOf(gated, 2), sizeOf(gated, 3));
}

/** The reverse, [N, C, H, W] → [N, C, 1, 1], by a pool; null where `shape` is another, and where sums are reductions. */
export function sumOverPositions(
  b: GraphBuilder,
  x: Value,
  shape: Shape,
  lowerings: Pick<Lowerings, 'positionSum' | 'channelScale'>,
): Value | null {
  if (lowerings.positionSum !== 'pooled' || shape[0] !== 'N' || !isGateOf(shape, x.shape)) return null;
  const means = b.emit('GlobalAveragePool', [x], {}, { shape });
  const factors = new Float32Array(sizeOf(shape, 1)).fill(elementsPerImage(x.shape.slice(2)));
  return scaleChannels(b, means, factors, lowerings.channelScale);
}
