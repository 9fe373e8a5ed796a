import { binary, broadcast } from './elementwise.js';

export const equal = binary((tf, a, b) => tf.equal(a, b));
export const less = binary((tf, a, b) => tf.less(a, b));
export const where = broadcast((tf, [condition, a, b]) => {
  if (condition === undefined || a === undefined || b === undefined)
    throw new TypeError('Where has fewer than three inputs');
  return tf.where(condition, a, b);
});
