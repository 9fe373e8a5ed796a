import type { Attribute, FloatTensor, IntegerTensor, Tensor } from '../onnx/model.js';
import type { FoldingBudget } from './folding-budget.js';
import { type Constant, type Operand, sizesOf } from './operand.js';
import type { Size } from './sizes.js';

/** The tensor that an attribute of a Constant node is, or null. */
export function constantTensor(attribute: Attribute): Tensor | null {
  switch (attribute.kind) {
    case 'tensor':
      return attribute.value;
    case 'float':
      return { type: 'float32', dims: [], data: Float32Array.of(attribute.value) };
    case 'floats':
      return { type: 'float32', dims: [attribute.value.length], data: Float32Array.from(attribute.value) };
    case 'int':
      return { type: 'int64', dims: [], data: BigInt64Array.of(toInt64(attribute.value)) };
    case 'ints':
      return {
        type: 'int64',
        dims: [attribute.value.length],
        data: BigInt64Array.from(attribute.value, toInt64),
      };
    default:
      return null;
  }
}

/** The nearest int64: the largest of all, which means "to the end", comes as a double that is one more. */
function toInt64(value: number): bigint {
  return value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(value);
}

/** A matrix of sizes with its rows in reverse order: how an exporter turns torch's order of pads into ONNX's. */
export function reversedRows(
  tensor: IntegerTensor,
  steps: Operand | null | undefined,
  budget: FoldingBudget,
): Operand | null {
  const [step] = (steps && sizesOf(steps)) ?? [];
  const [rows = 1, columns = 1] = tensor.dims;
  if (step !== -1 || tensor.dims.length !== 2) return null;
  budget.take(tensor.data.byteLength);
  const data = tensor.data.map(
    (_, index) => tensor.data[(rows - 1 - Math.floor(index / columns)) * columns + (index % columns)] ?? 0n,
  );
  return { kind: 'constant', tensor: { ...tensor, data }, origin: null };
}

/** A float32 copy of a float64 tensor, the tensor itself where it is float32, null for other types. */
export function toFloat32(tensor: Tensor, budget: FoldingBudget): FloatTensor | null {
  if (tensor.type === 'float32') return tensor;
  if (tensor.type !== 'float64') return null;
  budget.take(2 * tensor.data.byteLength);
  return singleOf(tensor);
}

/** A float32 copy of a float64 tensor. */
export function singleOf(tensor: Tensor): FloatTensor {
  return { type: 'float32', dims: tensor.dims, data: Float32Array.from(doublesOf(tensor)) };
}

/** The elements of a float64 tensor. */
export function doublesOf({ data }: Tensor): Float64Array {
  const { buffer, byteOffset, byteLength } = data;
  return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** Sizes, none of which is the batch's, as a constant. */
export function constantOf(sizes: readonly Size[]): Constant {
  const data = BigInt64Array.from(sizes.map(Number), BigInt);
  return { kind: 'constant', tensor: { type: 'int64', dims: [data.length], data }, origin: null };
}
