import { multiply } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { reduceSum } from '../graph/reduction.js';
import { type Dim, elementsPerImage } from '../graph/shape.js';
import type { Lowerings } from './lowerings.js';

/**
 * Σ over positions: [N, C, H, W] → [N, C]. A pool stays in ONNX Runtime's blocked layout, where a reduction makes it
 * bring the whole tensor into order first.
 */
export function positionSum(b: GraphBuilder, x: Value, form: Lowerings['positionSum']): Value {
  const axes = x.shape.slice(2).map((_, index) => index + 2);
  const channels: Dim[] = [...x.shape.slice(0, 2)];
  const positions = elementsPerImage(x.shape.slice(2));
  if (positions === 1) return reshape(b, x, channels);
  if (form === 'reduced' || x.shape.length !== 4) return reduceSum(b, x, axes);
  const means = b.emit('GlobalAveragePool', [x], {}, { shape: [...channels, 1, 1] });
  return multiply(b, reshape(b, means, channels), b.scalar(positions));
}
