import type { Tensor, TensorFlow } from './tensorflow.js';

/** Multiplications from which a product on WebAssembly is worth being taken apart. */
const WORTHWHILE = 2 ** 18;

/**
 * Products of matrices [..., I, K]·[..., K, J], either of which may be held transposed. On WebAssembly only the product
 * of two single matrices, neither of them transposed, is fast: several are taken one by one there.
 */
export function product(
  tf: TensorFlow,
  a: Tensor,
  b: Tensor,
  transposedA: boolean,
  transposedB: boolean,
): Tensor {
  const [i, k, j] = [
    a.shape.at(transposedA ? -1 : -2),
    a.shape.at(transposedA ? -2 : -1),
    b.shape.at(transposedB ? -2 : -1),
  ];
  const batch = a.shape.slice(0, -2);
  const sameBatch = batch.join() === b.shape.slice(0, -2).join();
  if (
    i === undefined ||
    j === undefined ||
    k === undefined ||
    !sameBatch ||
    tf.getBackend() !== 'wasm' ||
    i * j * k < WORTHWHILE
  )
    return tf.matMul(a, b, transposedA, transposedB);
  const count = batch.reduce((all, size) => all * size, 1);
  const left = matrices(tf, a, count, transposedA);
  const right = matrices(tf, b, count, transposedB);
  return tf.reshape(tf.concat(left.map((matrix, index) => tf.matMul(matrix, right[index] ?? b))), [
    ...batch,
    i,
    j,
  ]);
}

function matrices(tf: TensorFlow, x: Tensor, count: number, transposed: boolean): Tensor[] {
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const stack = tf.reshape(x, [count, rows, columns]);
  const plain = transposed ? tf.transpose(stack, [0, 2, 1]) : stack;
  const size = transposed ? [columns, rows] : [rows, columns];
  return tf.split(plain, count, 0).map((matrix) => tf.reshape(matrix, size));
}
