import type { Rule } from '../rule.js';
import type { TensorFlow, TfjsTensor } from '../tensorflow.js';
import { unary } from './elementwise.js';

/** Of P in arcsin(s) = s + s³·P(s²) for |s| ≤ 1/2, highest power first; Moshier, Cephes, asinf.c: relative error 2.5e-7. */
const coefficients = [
  4.216_319_904_8e-2, 2.418_131_104_9e-2, 4.547_002_599_8e-2, 7.495_300_268_6e-2, 1.666_675_242_2e-1,
];

/**
 * By a polynomial: WebGPU asks of its own arcs no more than an absolute error of 6.8e-5, and drivers take it at its word.
 * Beyond 1/2, where arcsin(|x|) = π/2 − 2·arcsin(√((1 − |x|)/2)), the arc is that of the root, else that of x.
 */
function folded(tf: TensorFlow, x: TfjsTensor): { readonly beyond: TfjsTensor; readonly arc: TfjsTensor } {
  const size = tf.abs(x);
  const beyond = tf.greater(size, 0.5);
  const square = tf.where(beyond, tf.mul(tf.sub(1, size), 0.5), tf.square(size));
  const root = tf.where(beyond, tf.sqrt(square), x);
  const [first = 0, ...others] = coefficients;
  const polynomial = others.reduce<TfjsTensor>(
    (sum, coefficient) => tf.add(tf.mul(sum, square), coefficient),
    tf.fill(square.shape, first),
  );
  return { beyond, arc: tf.add(root, tf.mul(tf.mul(root, square), polynomial)) };
}

export const arcSine: Rule = unary((tf, x) => {
  const { beyond, arc } = folded(tf, x);
  const outer = tf.mul(tf.sign(x), tf.sub(Math.PI / 2, tf.mul(arc, 2)));
  return tf.where(beyond, outer, arc);
});

export const arcCosine: Rule = unary((tf, x) => {
  const { beyond, arc } = folded(tf, x);
  const twice = tf.mul(arc, 2);
  const outer = tf.where(tf.greater(x, 0), twice, tf.sub(Math.PI, twice));
  return tf.where(beyond, outer, tf.sub(Math.PI / 2, arc));
});
