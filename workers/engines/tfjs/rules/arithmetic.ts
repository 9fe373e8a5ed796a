import { binary, broadcast, unary } from './elementwise.js';

export const add = binary((tf, a, b) => tf.add(a, b));
export const subtract = binary((tf, a, b) => tf.sub(a, b));
export const multiply = binary((tf, a, b) => tf.mul(a, b));
export const divide = binary((tf, a, b) => tf.div(a, b));
export const sum = broadcast((tf, inputs) => inputs.reduce((total, input) => tf.add(total, input)).clone());
export const negate = unary((tf, x) => tf.neg(x));
export const exponential = unary((tf, x) => tf.exp(x));
export const logarithm = unary((tf, x) => tf.log(x));
/** By steps: `tf.sign` takes what is within 1e-7 of zero for zero on WebAssembly. */
export const sign = unary((tf, x) => tf.sub(tf.step(x), tf.step(tf.neg(x))));
export const relu = unary((tf, x) => tf.relu(x));
export const identity = unary((_tf, x) => x.clone());
