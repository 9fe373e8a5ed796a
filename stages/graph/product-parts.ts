import type { FloatTensor } from '../onnx/model.js';
import { add, multiply, subtract } from './arithmetic.js';
import type { GraphBuilder, Value } from './builder.js';

/**
 * A product in single precision on hardware that may round factors to eleven bits, as NVIDIA's tensor cores do (TF32): each
 * factor is a part of eleven bits and what is left of it, and three of their four products are added up, as each is exact to
 * 2⁻²² then. What is left out is smaller still.
 * @param product of two parts; only the first may add a bias
 */
export function productInParts(
  b: GraphBuilder,
  x: Value,
  y: Value,
  product: (left: Value, right: Value, isFirst: boolean) => Value,
): Value {
  const [left, right] = [partsOf(b, x), partsOf(b, y)];
  const small = [
    ...(left.rest === null ? [] : [product(left.rest, right.high, false)]),
    ...(right.rest === null ? [] : [product(left.high, right.rest, false)]),
  ];
  const whole = product(left.high, right.high, true);
  const [first, second] = small;
  if (first === undefined) return whole;
  return add(b, whole, second === undefined ? first : add(b, first, second));
}

/** A value as a part of eleven bits and the rest; null where there is none. */
interface Parts {
  readonly high: Value;
  readonly rest: Value | null;
}

/** 2¹³ + 1: x times it, less what that exceeds x by, keeps the first 24 − 13 bits of x (Dekker 1971). */
const splitter = 8193;

function partsOf(b: GraphBuilder, x: Value): Parts {
  const { constant } = x;
  if (constant?.type === 'float32') return partsOfConstant(b, constant);
  const scaled = multiply(b, x, b.scalar(splitter));
  const high = subtract(b, scaled, subtract(b, scaled, x));
  return { high, rest: subtract(b, x, high) };
}

/** Kept as long as the weights live: every pass and every ε reads the same. */
const kept = new WeakMap<Float32Array, { readonly high: Float32Array; readonly rest: Float32Array | null }>();

function partsOfConstant(b: GraphBuilder, { dims, data }: FloatTensor): Parts {
  const known = kept.get(data) ?? split(data);
  kept.set(data, known);
  const { high, rest } = known;
  return { high: b.floats(dims, high), rest: rest === null ? null : b.floats(dims, rest) };
}

function split(data: Float32Array): { readonly high: Float32Array; readonly rest: Float32Array | null } {
  const high = data.map((element) => {
    const scaled = Math.fround(element * splitter);
    return Math.fround(scaled - Math.fround(scaled - element));
  });
  const rest = data.map((element, index) => element - (high[index] ?? 0));
  return { high, rest: rest.every((element) => element === 0) ? null : rest };
}
