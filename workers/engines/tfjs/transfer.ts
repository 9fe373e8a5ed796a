import { ModelError } from '../../../stages/errors.js';
import type { FloatTensor, IntegerTensor, Tensor as OnnxTensor } from '../../../stages/onnx/model.js';
import type { HostTensor } from '../engine.js';
import { rowMajor } from './axis-order.js';
import { OrderedTensor } from './ordered-tensor.js';
import type { TensorFlow } from './tensorflow.js';

/**
 * Brings a tensor to the device. 64-bit integers become 32-bit ones there: graphs index and count with them.
 * @param tensor its array may be kept, and must not change
 * @throws ModelError for other element types
 */
export function uploadValue(
  tf: TensorFlow,
  { type, dims, data }: Pick<OnnxTensor | HostTensor, 'type' | 'dims' | 'data'>,
): OrderedTensor {
  const shape = [...dims];
  if (data instanceof Float32Array) return new OrderedTensor(tf, tf.tensor(data, shape, 'float32'));
  if (data instanceof BigInt64Array)
    return new OrderedTensor(tf, tf.tensor(Int32Array.from(data, int32), shape, 'int32'));
  throw new ModelError(
    `TensorFlow.js: the graph holds a constant of type ${type}, for which there is no rule`,
  );
}

/** Brings a value back, row-major. */
export async function readValue(value: OrderedTensor): Promise<FloatTensor | IntegerTensor> {
  const { dims } = value;
  const data: Float32Array | Int32Array | Uint8Array = await value.in(rowMajor(value.rank)).data();
  if (value.tensor.dtype !== 'float32')
    return { type: 'int64', dims, data: BigInt64Array.from(data, BigInt) };
  // Backend cpu casts by another name for the same numbers.
  return { type: 'float32', dims, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** Ends of slices are often the largest integer there is. */
function int32(value: bigint): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Number(value)));
}
