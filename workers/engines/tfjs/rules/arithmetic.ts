import { floatAttribute } from '../../../../stages/import/attributes.js';
import type { Rule } from '../rule.js';
import { binary, broadcast, each, unary } from './elementwise.js';

export const add = binary((tf, a, b) => tf.add(a, b));
export const subtract = binary((tf, a, b) => tf.sub(a, b));
export const multiply = binary((tf, a, b) => tf.mul(a, b));
export const divide = binary((tf, a, b) => tf.div(a, b));
export const power = binary((tf, a, b) => tf.pow(a, b));
export const maximum = binary((tf, a, b) => tf.maximum(a, b));
export const minimum = binary((tf, a, b) => tf.minimum(a, b));
export const sum = broadcast((tf, inputs) => inputs.reduce((total, input) => tf.add(total, input)).clone());
export const negate = unary((tf, x) => tf.neg(x));
export const exponential = unary((tf, x) => tf.exp(x));
export const logarithm = unary((tf, x) => tf.log(x));
/** By steps: `tf.sign` takes what is within 1e-7 of zero for zero on WebAssembly. */
export const sign = unary((tf, x) => tf.sub(tf.step(x), tf.step(tf.neg(x))));
export const relu = unary((tf, x) => tf.relu(x));
export const identity = unary((_tf, x) => x.clone());
export const absolute = unary((tf, x) => tf.abs(x));
export const squareRoot = unary((tf, x) => tf.sqrt(x));
export const errorFunction = unary((tf, x) => tf.erf(x));
export const sigmoid = unary((tf, x) => tf.sigmoid(x));
export const tanh = unary((tf, x) => tf.tanh(x));
export const arcTangent = unary((tf, x) => tf.atan(x));
export const floor = unary((tf, x) => tf.floor(x));
export const softplus = unary((tf, x) => tf.softplus(x));
export const leakyRelu: Rule = (context) => {
  const alpha = floatAttribute(context.node, 'alpha', 0.01);
  return each(context, (x) => context.tf.leakyRelu(x, alpha));
};
/** x above 0, alpha·(eˣ − 1) below. */
export const elu: Rule = (context) => {
  const { tf, node } = context;
  const alpha = floatAttribute(node, 'alpha', 1);
  return each(context, (x) => tf.add(tf.relu(x), tf.mul(tf.expm1(tf.minimum(x, 0)), alpha)));
};
