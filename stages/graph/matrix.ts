import { float, type GraphBuilder, int, type Value } from './builder.js';
import { productInParts } from './product-parts.js';
import { broadcastShapes, formatShape, sizeOf } from './shape.js';

/** Matrix product over the last two axes; the others broadcast. @throws RangeError where inner sizes differ */
export function matMul(b: GraphBuilder, x: Value, y: Value): Value {
  return b.products === 'in-parts'
    ? productInParts(b, x, y, (left, right) => wholeMatMul(b, left, right))
    : wholeMatMul(b, x, y);
}

/** The same by one product, for numbers that few digits are enough for, such as norms. */
export function wholeMatMul(b: GraphBuilder, x: Value, y: Value): Value {
  const [p, q] = [x.shape.length, y.shape.length];
  if (p < 2 || q < 2 || x.shape[p - 1] !== y.shape[q - 2])
    throw new RangeError(`${formatShape(x.shape)} and ${formatShape(y.shape)} don't multiply`);
  const shape = [
    ...broadcastShapes(x.shape.slice(0, -2), y.shape.slice(0, -2)),
    x.shape[p - 2] ?? 1,
    y.shape[q - 1] ?? 1,
  ];
  return b.emit('MatMul', [x, y], {}, { shape });
}

/** alpha · x·W′ + beta · bias, W′ being W or its transpose. x [N, K] → [N, M]. */
export function gemm(
  b: GraphBuilder,
  x: Value,
  weight: Value,
  bias: Value | null,
  options: { readonly transB: boolean; readonly alpha?: number; readonly beta?: number },
): Value {
  const { transB, alpha = 1, beta = 1 } = options;
  const [inner, outer] = transB ? [1, 0] : [0, 1];
  if (x.shape[1] !== weight.shape[inner])
    throw new RangeError(`${formatShape(x.shape)} and ${formatShape(weight.shape)} don't multiply`);
  const attributes = { alpha: float(alpha), beta: float(beta), transB: int(transB ? 1 : 0) };
  const shape = [x.shape[0] ?? 'N', sizeOf(weight.shape, outer)];
  const product = (left: Value, right: Value, added: readonly Value[]): Value =>
    b.emit('Gemm', [left, right, ...added], attributes, { shape });
  const added = bias ? [bias] : [];
  if (b.products !== 'in-parts') return product(x, weight, added);
  return productInParts(b, x, weight, (left, right, isFirst) => product(left, right, isFirst ? added : []));
}
