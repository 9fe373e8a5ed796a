import { negate, sign, subtract } from '../graph/arithmetic.js';
import { float, type GraphBuilder, type Value } from '../graph/builder.js';
import type { Lowerings } from './lowerings.js';

/** The sign of each element, 0 of 0; also of the smallest normal numbers. */
export function signOf(b: GraphBuilder, x: Value, form: Lowerings['sign']): Value {
  return form === 'sign' ? sign(b, x) : subtract(b, isAboveZero(b, x), isAboveZero(b, negate(b, x)));
}

function isAboveZero(b: GraphBuilder, x: Value): Value {
  return b.emit('HardSigmoid', [x], { alpha: float(3e38), beta: float(0) }, { shape: x.shape });
}
