import { add, cosine, floor, multiply, sine, subtract } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import type { Lowerings } from './lowerings.js';

/** π in three parts, of which multiples up to some thousand are exact in float32 (Cody and Waite). */
const parts = [3.140625, 9.675025939941406e-4, 1.5099579909783765e-7];

/** 1/3!, 1/5!, … of sine's series, as far as float32 tells for |r| ≤ π/2. */
const coefficients = [-1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800];

/** sin x, in the chosen form. */
export function sineOf(b: GraphBuilder, x: Value, form: Lowerings['sines']): Value {
  if (form === 'function') return sine(b, x);
  const half = b.scalar(0.5);
  const turns = floor(b, add(b, multiply(b, x, b.scalar(1 / Math.PI)), half));
  return multiply(b, sineSeries(b, beyond(b, x, turns)), alternating(b, turns));
}

/** cos x, in the chosen form. */
export function cosineOf(b: GraphBuilder, x: Value, form: Lowerings['sines']): Value {
  if (form === 'function') return cosine(b, x);
  // x = (k + ½)π + r, and cos x = −(−1)ᵏ sin r.
  const whole = floor(b, multiply(b, x, b.scalar(1 / Math.PI)));
  const rest = sineSeries(b, beyond(b, x, add(b, whole, b.scalar(0.5))));
  return multiply(b, multiply(b, rest, b.scalar(-1)), alternating(b, whole));
}

/** x − turns·π, to float32's last digits. */
function beyond(b: GraphBuilder, x: Value, turns: Value): Value {
  return parts.reduce((rest, part) => subtract(b, rest, multiply(b, turns, b.scalar(part))), x);
}

/** sin r of |r| ≤ π/2. */
function sineSeries(b: GraphBuilder, r: Value): Value {
  const square = multiply(b, r, r);
  const series = coefficients
    .toReversed()
    .reduce<Value | null>(
      (sum, coefficient) =>
        sum === null ? b.scalar(coefficient) : add(b, multiply(b, sum, square), b.scalar(coefficient)),
      null,
    );
  return series === null ? r : add(b, r, multiply(b, multiply(b, r, square), series));
}

/** 1 of even whole numbers, −1 of odd ones. */
function alternating(b: GraphBuilder, whole: Value): Value {
  const pairs = multiply(b, floor(b, multiply(b, whole, b.scalar(0.5))), b.scalar(2));
  return subtract(b, b.scalar(1), multiply(b, subtract(b, whole, pairs), b.scalar(2)));
}
