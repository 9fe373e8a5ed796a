import { elementCount, type FloatTensor, type IntegerTensor, type Tensor } from './model.js';

/**
 * A constant with its axes in another order, its elements copied: axis i of the result is axis `order[i]`.
 * @throws TypeError for element types that graphs don't compute with
 */
export function transposed<T extends FloatTensor | IntegerTensor>(tensor: T, order: readonly number[]): T;
export function transposed(tensor: Tensor, order: readonly number[]): Tensor;
export function transposed(tensor: Tensor, order: readonly number[]): Tensor {
  const dims = order.map((axis) => tensor.dims[axis] ?? 1);
  const from = transposedOrder(tensor.dims, order);
  if (tensor.type === 'float32')
    return { ...tensor, dims, data: tensor.data.map((_, to) => tensor.data[from[to] ?? 0] ?? 0) };
  if (tensor.type === 'int64')
    return { ...tensor, dims, data: tensor.data.map((_, to) => tensor.data[from[to] ?? 0] ?? 0n) };
  if (tensor.type !== 'float16') throw new TypeError(`constants of type ${tensor.type} are not transposed`);
  const { buffer, byteOffset, byteLength } = tensor.data;
  const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
  const moved = halves.map((_, to) => halves[from[to] ?? 0] ?? 0);
  return { ...tensor, dims, data: new Uint8Array(moved.buffer) };
}

/** For each element of the transposed tensor, where it lies in the original one. */
function transposedOrder(original: readonly number[], order: readonly number[]): Uint32Array {
  const strides = order.map((axis) => elementCount(original.slice(axis + 1)));
  const dims = order.map((axis) => original[axis] ?? 1);
  const places = new Uint32Array(elementCount(original));
  const index = dims.map(() => 0);
  let from = 0;
  for (let to = 0; to < places.length; to++) {
    places[to] = from;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const [size, step] = [dims[axis] ?? 1, strides[axis] ?? 0];
      const next = (index[axis] ?? 0) + 1;
      from += step;
      index[axis] = next;
      if (next < size) break;
      from -= step * size;
      index[axis] = 0;
    }
  }
  return places;
}
