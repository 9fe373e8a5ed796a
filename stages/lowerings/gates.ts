import { add, clip, equal, less, multiply, positive, relu, subtract, where } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import type { Lowerings } from './lowerings.js';

// In single precision a mask is a steep HardSigmoid, see `positive`. Half precision has no number so steep, and it
// overflows: providers differ in what Relu, Clip and a product with zero make of a NaN that an infinity left behind,
// some make an ordinary number of it. So half precision compares, and what is not less than a bound goes on as it is.

/** max(x, 0). */
export function rectify(b: GraphBuilder, x: Value): Value {
  return b.precision === 'half' ? raise(b, x, b.scalar(0)) : relu(b, x);
}

/** min(max(x, low), high); null for no bound. */
export function clamp(b: GraphBuilder, x: Value, low: Value | null, high: Value | null): Value {
  if (b.precision === 'single') return low || high ? clip(b, x, low, high) : x;
  const raised = low ? raise(b, x, low) : x;
  return high ? where(b, less(b, high, raised), high, raised) : raised;
}

/**
 * The cotangent where y lies between the bounds, 0 where it is at one.
 * @param y what `clamp` gave with the same bounds
 */
export function passBetween(
  b: GraphBuilder,
  cotangent: Value,
  y: Value,
  low: Value | null,
  high: Value | null,
  form: Lowerings['gates'],
): Value {
  if (b.precision === 'half' || form === 'selected') {
    const above = low ? unlessAt(b, low, cotangent, y) : cotangent;
    return high ? unlessAt(b, high, above, y) : above;
  }
  const open = [
    ...(low ? [positive(b, subtract(b, y, low))] : []),
    ...(high ? [positive(b, subtract(b, high, y))] : []),
  ];
  return open.reduce((passed, mask) => multiply(b, passed, mask), cotangent);
}

/**
 * The cotangent where y is above 0, 0 where it is 0.
 * @param y what `rectify` gave
 */
export function passAboveZero(b: GraphBuilder, cotangent: Value, y: Value, form: Lowerings['gates']): Value {
  return b.precision === 'half' || form === 'selected'
    ? unlessAt(b, b.scalar(0), cotangent, y)
    : multiply(b, cotangent, positive(b, y));
}

/**
 * y, but NaN in half precision where x is infinite or none: a function that levels off would make an ordinary number of
 * what overflowed.
 */
export function unlessOverflown(b: GraphBuilder, y: Value, x: Value): Value {
  return b.precision === 'half' ? add(b, y, multiply(b, x, b.scalar(0))) : y;
}

const raise = (b: GraphBuilder, x: Value, low: Value): Value => where(b, less(b, x, low), low, x);

const unlessAt = (b: GraphBuilder, bound: Value, cotangent: Value, y: Value): Value =>
  where(b, equal(b, y, bound), b.scalar(0), cotangent);
