import {
  absolute,
  add,
  divide,
  exponential,
  less,
  logarithm,
  multiply,
  negate,
  squareRoot,
  subtract,
  tanh,
  where,
} from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';

// Made of operations that every engine and provider has, which these are not: CUDA has none of them, and TensorFlow.js
// takes the logarithm where nothing is left of its number. The polynomials are those of Moshier's Cephes in single
// precision, highest power first.

/** Of P in arsinh x = x + x³·P(x²) for |x| < 1/2; asinhf.c. */
const aroundZero = [2.012_200_330_9e-2, -4.269_934_097_2e-2, 7.484_758_608_8e-2, -1.666_628_813_4e-1];

/** Of P in artanh x = x + x³·P(x²) for |x| < 1/2; atanhf.c. */
const insideHalf = [
  1.817_400_783_49e-1, 8.243_703_010_58e-2, 1.466_914_317_3e-1, 1.997_821_645e-1, 3.333_373_003_03e-1,
];

/** Of P in arcosh x = √z·P(z) for z = x − 1 < 1/2; acoshf.c. */
const aboveOne = [
  1.759_688_107_1e-3, -7.528_867_271_3e-3, 2.645_490_501_9e-2, -1.178_474_170_3e-1, 1.414_213_526_3,
];

/** (eˣ + e⁻ˣ)/2. */
export function hyperbolicCosine(b: GraphBuilder, x: Value): Value {
  return multiply(b, add(b, exponential(b, x), exponential(b, negate(b, x))), b.scalar(0.5));
}

/** tanh x · cosh x: of a difference of exponentials nothing would be left around 0. */
export function hyperbolicSine(b: GraphBuilder, x: Value): Value {
  return multiply(b, tanh(b, x), hyperbolicCosine(b, x));
}

/** ±log(|x| + √(x² + 1)), around 0 by a polynomial, and ±(log |x| + log 2) of large numbers. */
export function areaSine(b: GraphBuilder, x: Value): Value {
  const size = absolute(b, x);
  const usual = logarithm(b, add(b, size, rootOfSquareAndOne(b, x)));
  const ofLarge = add(b, logarithm(b, size), b.scalar(Math.LN2));
  const outer = where(b, less(b, b.scalar(large), size), ofLarge, usual);
  const signed = where(b, less(b, x, b.scalar(0)), negate(b, outer), outer);
  return where(b, less(b, size, b.scalar(0.5)), odd(b, x, aroundZero), signed);
}

/** log(x + √(x² − 1)), just above 1 by a polynomial. */
export function areaCosine(b: GraphBuilder, x: Value): Value {
  const above = subtract(b, x, b.scalar(1));
  const inner = multiply(b, squareRoot(b, above), polynomial(b, above, aboveOne));
  const outer = logarithm(b, add(b, x, rootOfSquareLessOne(b, x)));
  return where(b, less(b, above, b.scalar(0.5)), inner, outer);
}

/** log((1 + x)/(1 − x))/2, around 0 by a polynomial. */
export function areaTangent(b: GraphBuilder, x: Value): Value {
  const one = b.scalar(1);
  const quotient = divide(b, add(b, one, x), subtract(b, one, x));
  const outer = multiply(b, logarithm(b, quotient), b.scalar(0.5));
  return where(b, less(b, absolute(b, x), b.scalar(0.5)), odd(b, x, insideHalf), outer);
}

/** From here on √(x² + 1) is x in single precision; its square may be beyond all numbers. */
const large = 4096;

/** √(x² + 1), which arsinh's slope is one over. */
export function rootOfSquareAndOne(b: GraphBuilder, x: Value): Value {
  const size = absolute(b, x);
  const root = squareRoot(b, add(b, multiply(b, x, x), b.scalar(1)));
  return where(b, less(b, b.scalar(large), size), size, root);
}

/** √(x² − 1), which arcosh's slope is one over: of both roots, since x² loses what x has beyond 1. */
export const rootOfSquareLessOne = (b: GraphBuilder, x: Value): Value =>
  multiply(b, squareRoot(b, subtract(b, x, b.scalar(1))), squareRoot(b, add(b, x, b.scalar(1))));

/** 1 − x², which artanh's slope is one over. */
export const oneLessSquare = (b: GraphBuilder, x: Value): Value =>
  multiply(b, subtract(b, b.scalar(1), x), add(b, b.scalar(1), x));

/** x + x³·P(x²). */
function odd(b: GraphBuilder, x: Value, coefficients: readonly number[]): Value {
  const square = multiply(b, x, x);
  return add(b, x, multiply(b, multiply(b, x, square), polynomial(b, square, coefficients)));
}

/** By Horner's scheme; of two coefficients or more. */
function polynomial(b: GraphBuilder, x: Value, [first = 0, second = 0, ...others]: readonly number[]): Value {
  return others.reduce<Value>(
    (sum, coefficient) => add(b, multiply(b, sum, x), b.scalar(coefficient)),
    add(b, multiply(b, x, b.scalar(first)), b.scalar(second)),
  );
}
