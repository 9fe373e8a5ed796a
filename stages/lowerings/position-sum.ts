import { multiply, ones } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape, transpose, transposeLast } from '../graph/layout.js';
import { wholeMatMul } from '../graph/matrix.js';
import { reduceSum } from '../graph/reduction.js';
import { type Dim, elementsPerImage, sizeOf } from '../graph/shape.js';
import type { Lowerings } from './lowerings.js';

/**
 * Σ over positions: [N, C, H, W] → [N, C]. A pool stays in ONNX Runtime's blocked layout, where a reduction makes it
 * bring the whole tensor into order first. Its CUDA provider sums over axes that are not the last ones slowly; where
 * channels are last, a product with ones takes their place.
 */
export function positionSum(
  b: GraphBuilder,
  x: Value,
  { positionSum: form, layout }: Pick<Lowerings, 'positionSum' | 'layout'>,
): Value {
  const axes = x.shape.slice(2).map((_, index) => index + 2);
  const channels: Dim[] = [...x.shape.slice(0, 2)];
  const positions = elementsPerImage(x.shape.slice(2));
  if (positions === 1) return reshape(b, x, channels);
  if (form === 'reduced' || x.shape.length !== 4) return reduceSum(b, x, axes);
  if (form === 'multiplied') {
    const size = sizeOf(x.shape, 1);
    const columns =
      layout === 'channels-last'
        ? transposeLast(b, reshape(b, transpose(b, x, [0, 2, 3, 1]), [x.shape[0] ?? 'N', positions, size]))
        : reshape(b, x, [...channels, positions]);
    return reshape(b, wholeMatMul(b, columns, ones(b, [positions, 1])), channels);
  }
  const means = b.emit('GlobalAveragePool', [x], {}, { shape: [...channels, 1, 1] });
  return multiply(b, reshape(b, means, channels), b.scalar(positions));
}
