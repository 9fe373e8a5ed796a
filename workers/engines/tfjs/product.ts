import type { TensorFlow, TfjsTensor } from './tensorflow.js';

/** From so many multiplications on, a product on WebAssembly is worth taking apart. */
const WORTHWHILE = 2 ** 18;

/**
 * Products of matrices [..., I, K]·[..., K, J], either of which may be held transposed. On WebAssembly only the product
 * of two single matrices, neither of them transposed, is fast: several are taken one by one there.
 */
export function product(
  tf: TensorFlow,
  left: TfjsTensor,
  right: TfjsTensor,
  transposedA: boolean,
  transposedB: boolean,
): TfjsTensor {
  const [a, b] = [repeated(tf, left, right), repeated(tf, right, left)];
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
    return tf.matMul(a, ofItsOwn(tf, b), transposedA, transposedB);
  const count = batch.reduce((all, size) => all * size, 1);
  // WebAssembly keeps a packed copy of a right matrix as long as the matrix lives: so one matrix at a time.
  const products = Array.from({ length: count }, (_, index) =>
    tf.tidy(() =>
      tf.matMul(matrixOf(tf, a, count, index, transposedA), matrixOf(tf, b, count, index, transposedB)),
    ),
  );
  return tf.reshape(tf.concat(products), [...batch, i, j]);
}

/**
 * A list of matrices as long as another needs it: TensorFlow.js counts the matrices of both and takes those of the shorter
 * list in turn, which is wrong where either list is repeated along axes of its own.
 */
function repeated(tf: TensorFlow, x: TfjsTensor, beside: TfjsTensor): TfjsTensor {
  const [own, others] = [x.shape.slice(0, -2), beside.shape.slice(0, -2)];
  const rank = Math.max(own.length, others.length);
  const common = Array.from({ length: rank }, (_, axis) =>
    Math.max(own[axis - rank + own.length] ?? 1, others[axis - rank + others.length] ?? 1),
  );
  const count = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
  if (count(own) === 1 || count(own) === count(common)) return x;
  // By a product, since on WebGPU tensors of many axes are not tiled.
  return tf.mul(x, tf.ones([...common, 1, 1]));
}

/**
 * A right matrix whose data no other matrix shares: WebAssembly packs it once for all matrices of the same data, and a
 * row and a column may be of the same.
 */
function ofItsOwn(tf: TensorFlow, matrix: TfjsTensor): TfjsTensor {
  const isVector = matrix.shape.slice(-2).includes(1);
  return tf.getBackend() === 'wasm' && isVector ? tf.add(matrix, 0) : matrix;
}

/** One of several matrices, not transposed. */
function matrixOf(
  tf: TensorFlow,
  x: TfjsTensor,
  count: number,
  index: number,
  transposed: boolean,
): TfjsTensor {
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const held = tf.slice(tf.reshape(x, [count, rows, columns]), [index, 0, 0], [1, rows, columns]);
  const matrix = tf.reshape(held, [rows, columns]);
  return transposed ? tf.transpose(matrix) : matrix;
}
