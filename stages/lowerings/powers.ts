import {
  absolute,
  divide,
  equal,
  exponential,
  floor,
  less,
  logarithm,
  multiply,
  negate,
  power,
  squareRoot,
  toFloat,
  where,
} from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import type { Lowerings } from './lowerings.js';

/** Whole exponents that are worth a chain of products, at most. */
const mostProducts = 64;

/**
 * x to the power of a number, in the chosen form. Exponents that products, roots and quotients give are computed so in
 * any form: every provider has them, fast and alike.
 */
export function raised(b: GraphBuilder, x: Value, exponent: number, form: Lowerings['powers']): Value {
  switch (exponent) {
    case 1:
      return x;
    case 2:
      return multiply(b, x, x);
    case 3:
      return multiply(b, multiply(b, x, x), x);
    case 0.5:
      return squareRoot(b, x);
    case -0.5:
      return divide(b, b.scalar(1), squareRoot(b, x));
    case -1:
      return divide(b, b.scalar(1), x);
    default:
      return form === 'power' ? power(b, x, b.scalar(exponent)) : byProducts(b, x, exponent);
  }
}

/** x to the powers that another tensor holds, with broadcasting, in the chosen form. */
export function raisedEach(b: GraphBuilder, x: Value, exponents: Value, form: Lowerings['powers']): Value {
  if (form === 'power') return power(b, x, exponents);
  const [zero, one] = [b.scalar(0), b.scalar(1)];
  const size = exponential(b, multiply(b, logarithm(b, absolute(b, x)), exponents));
  const ofZero = where(b, less(b, exponents, zero), b.scalar(Number.POSITIVE_INFINITY), zero);
  const ofPositive = where(b, equal(b, x, zero), ofZero, size);
  const half = multiply(b, exponents, b.scalar(0.5));
  const isWhole = equal(b, floor(b, exponents), exponents);
  const isEven = equal(b, floor(b, half), half);
  const ofWhole = where(b, isEven, ofPositive, negate(b, ofPositive));
  const ofNegative = where(b, isWhole, ofWhole, b.scalar(Number.NaN));
  return where(b, equal(b, exponents, zero), one, where(b, less(b, x, zero), ofNegative, ofPositive));
}

/** Without Pow, which ONNX Runtime's WebGPU provider fails on. */
function byProducts(b: GraphBuilder, x: Value, exponent: number): Value {
  // 1 of every number.
  if (exponent === 0) return toFloat(b, equal(b, x, x));
  if (exponent < 0) return divide(b, b.scalar(1), byProducts(b, x, -exponent));
  const whole = Math.floor(exponent);
  const rest = exponent - whole;
  if (whole > mostProducts || (rest !== 0 && rest !== 0.5)) return byLogarithm(b, x, exponent);
  const root = rest === 0.5 ? squareRoot(b, x) : null;
  if (whole === 0 && root) return root;
  const product = repeated(b, x, whole);
  return root ? multiply(b, product, root) : product;
}

/** x · x · … · x, by squares. @param count at least 1 */
function repeated(b: GraphBuilder, x: Value, count: number): Value {
  if (count === 1) return x;
  const half = repeated(b, x, Math.floor(count / 2));
  const square = multiply(b, half, half);
  return count % 2 === 0 ? square : multiply(b, square, x);
}

/** exp(exponent · log |x|), with what x has of a sign. @param exponent above 0 */
function byLogarithm(b: GraphBuilder, x: Value, exponent: number): Value {
  const zero = b.scalar(0);
  const size = exponential(b, multiply(b, logarithm(b, absolute(b, x)), b.scalar(exponent)));
  const ofPositive = where(b, equal(b, x, zero), zero, size);
  if (exponent % 2 === 0) return ofPositive;
  const isWhole = Number.isInteger(exponent);
  const ofNegative = isWhole ? negate(b, ofPositive) : b.scalar(Number.NaN);
  return where(b, less(b, x, zero), ofNegative, ofPositive);
}

/** log x of x ≥ 0 that may be 0, in the chosen form. */
export function logarithmFromZero(b: GraphBuilder, x: Value, form: Lowerings['logarithmOfZero']): Value {
  if (form === 'computed') return logarithm(b, x);
  return where(b, equal(b, x, b.scalar(0)), b.scalar(Number.NEGATIVE_INFINITY), logarithm(b, x));
}
