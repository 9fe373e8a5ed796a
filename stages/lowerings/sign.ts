import { add, multiply, negate, sign, subtract } from '../graph/arithmetic.js';
import { float, type GraphBuilder, type Value } from '../graph/builder.js';
import type { Lowerings } from './lowerings.js';

/**
 * The sign of each element, 0 of 0; also of the smallest normal numbers. Where x comes from half precision and is not
 * finite, NaN, of which Sign alone would make 0.
 */
export function signOf(b: GraphBuilder, x: Value, lowerings: Pick<Lowerings, 'sign' | 'precision'>): Value {
  const signs =
    lowerings.sign === 'sign' ? sign(b, x) : subtract(b, isAboveZero(b, x), isAboveZero(b, negate(b, x)));
  return lowerings.precision === 'half' ? add(b, signs, multiply(b, x, b.scalar(0))) : signs;
}

function isAboveZero(b: GraphBuilder, x: Value): Value {
  return b.emit('HardSigmoid', [x], { alpha: float(3e38), beta: float(0) }, { shape: x.shape });
}
