import { broadcastShapes } from '../../../../stages/graph/shape.js';
import type { TfjsTensor } from '../tensorflow.js';
import { binary, broadcast } from './elementwise.js';

/** Axes of what WebGPU chooses among, at most. */
const mostAxes = 4;

export const equal = binary((tf, a, b) => tf.equal(a, b));
export const less = binary((tf, a, b) => tf.less(a, b));
export const where = broadcast((tf, [condition, a, b]) => {
  if (condition === undefined || a === undefined || b === undefined)
    throw new TypeError('Where has fewer than three inputs');
  const shape = [condition, a, b].map((one) => one.shape).reduce((x, y) => broadcastShapes(x, y).map(Number));
  if (shape.length <= mostAxes) return tf.where(condition, a, b);
  // Nor can it repeat so many axes but by an operation on two tensors.
  const [truths, zeros] = [tf.zeros(shape, 'bool'), tf.zeros(shape)];
  const [chosen, one, other] = [tf.logicalOr(condition, truths), tf.add(a, zeros), tf.add(b, zeros)];
  const row = (x: TfjsTensor): TfjsTensor => tf.reshape(x, [-1]);
  return tf.reshape(tf.where(row(chosen), row(one), row(other)), shape);
});
