import type { FloatTensor, Tensor } from '../onnx/model.js';
import { transposed } from '../onnx/transposed.js';
import { isFoldedName, isNamedState } from './module-state.js';
import type { Constant } from './operand.js';
import { declared, reordered, reshaped } from './views.js';

/**
 * Where PyTorch's exporter folds the reshaping or transposition of a parameter that is read elsewhere as it is, such as a
 * weight beside its spectral norm, the file holds its numbers twice. Both are one parameter.
 * @returns for such a copy its original, in the copy's shape
 */
export function foldedCopies(
  producer: string,
  initializers: ReadonlyMap<string, Tensor>,
): (name: string, tensor: Tensor) => Constant | null {
  const state = new Map<number, { readonly name: string; readonly tensor: FloatTensor }[]>();
  if (producer === 'pytorch')
    for (const [name, tensor] of initializers) {
      if (tensor.type !== 'float32' || !isNamedState(producer, name) || !hasNumbersOfItsOwn(tensor)) continue;
      const { length } = tensor.data;
      state.set(length, [...(state.get(length) ?? []), { name, tensor }]);
    }
  return (name, tensor) => {
    if (tensor.type !== 'float32' || !isFoldedName(name)) return null;
    for (const original of state.get(tensor.data.length) ?? []) {
      const held = constantOf(original);
      if (isSame(original.tensor, tensor)) return reshaped(held, tensor.dims);
      const [rows, columns] = original.tensor.dims;
      const isTurned =
        original.tensor.dims.length === 2 && tensor.dims[0] === columns && tensor.dims[1] === rows;
      if (isTurned && isSame(transposed(original.tensor, [1, 0]), tensor)) return reordered(held, [1, 0]);
    }
    return null;
  };
}

function constantOf({ name, tensor }: { readonly name: string; readonly tensor: FloatTensor }) {
  const origin = { ...declared(name, 'initializer', tensor), isState: true };
  return { kind: 'constant' as const, tensor, origin };
}

const isSame = (one: FloatTensor, other: FloatTensor): boolean =>
  one.data.every((value, index) => value === other.data[index]);

/** Whether its numbers can't be another's by chance, as zeros and ones can. */
function hasNumbersOfItsOwn({ data }: FloatTensor): boolean {
  const [first] = data;
  return data.length > 1 && data.some((value) => value !== first);
}
