import { elementCount, type Node, type Tensor } from '../onnx/model.js';
import { producersOf, readersOf } from '../onnx/wiring.js';
import { constantTensor } from './constant-tensors.js';
import { isEqualCopy } from './equal-copies.js';

/** A classifier's nodes and what they read. */
interface Parts {
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
}

/** What gives the numbers that it takes, in another shape or order. */
const moving: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'Transpose']);

/**
 * Swin v2 gives queries and values a bias, and keys zeros that its code writes. Where PyTorch's exporter folds constants, it
 * stores all three as one tensor that it has named itself. The zeros are no parameters: keys are divided by their length, and
 * where a window is padded that is the length of the zeros. Such tensors are taken apart again: those of which the middle
 * part alone is 0; and of zeros in all parts, as when a network is made, those that are a bias of queries, keys and values.
 * A bias that no code has made of parts would have the name of a parameter.
 */
export function biasesInParts(producer: string, { nodes, initializers }: Parts): Parts {
  if (producer !== 'pytorch') return { nodes, initializers };
  const kept = new Map(initializers);
  const joined: Node[] = [];
  const isOfThree = threeReadersOf(nodes, initializers);
  const parted = (name: string, tensor: Tensor): boolean => {
    const parts = isOfSums(name) ? thirdsOf(tensor) : null;
    if (!parts) return false;
    const areZero = parts.map((part) => part.every((element) => element === 0));
    if (!areZero[1] || areZero[0] !== areZero[2]) return false;
    if (areZero[0] && !isOfThree(name)) return false;
    const names = parts.map((part, index) => {
      const own = `${name}[${index}]`;
      const whole = { type: 'float32' as const, dims: [part.length], data: part };
      if (index !== 1) kept.set(own, whole);
      else joined.push(made('Constant', own, [], own, { value: { kind: 'tensor', value: whole } }));
      return own;
    });
    joined.push(made('Concat', name, names, name, { axis: { kind: 'int', value: 0 } }));
    return true;
  };
  for (const [name, tensor] of initializers) if (parted(name, tensor)) kept.delete(name);
  const others = nodes.filter((node) => {
    const tensor = isEqualCopy(node) ? initializers.get(node.inputs[0] ?? '') : undefined;
    return !tensor || !parted(node.outputs[0] ?? '', tensor);
  });
  return { nodes: joined.concat(others), initializers: kept };
}

const isOfSums = (name: string): boolean => /^onnx::Add_\d+$/.test(name);

/** A vector's three parts of equal length. */
function thirdsOf({ type, data, dims }: Tensor): readonly Float32Array[] | null {
  const [length = 0] = dims;
  if (type !== 'float32' || !(data instanceof Float32Array) || dims.length !== 1) return null;
  if (length === 0 || length % 3 !== 0) return null;
  return [0, 1, 2].map((part) => data.subarray((part * length) / 3, ((part + 1) * length) / 3));
}

/** Tells whether all that reads a tensor adds it to what is then taken apart in three: queries, keys and values. */
function threeReadersOf(nodes: readonly Node[], initializers: Parts['initializers']) {
  const readers = readersOf(nodes);
  const producers = producersOf(nodes);
  const readersBut = (name: string | undefined, isLeftOut: (node: Node) => boolean): readonly Node[] =>
    (readers.get(name ?? '') ?? []).filter((node) => !isLeftOut(node));
  const placeOf = ({ type, inputs: [, name = ''] }: Node): number | null => {
    const [attribute] = producers.get(name)?.attributes.values() ?? [];
    const tensor = initializers.get(name) ?? (attribute && constantTensor(attribute));
    const isOne = type === 'Gather' && tensor && elementCount(tensor.dims) === 1;
    return isOne ? Number(tensor.data[0]) : null;
  };
  const isTakenApart = (sum: Node): boolean => {
    let parts = [sum];
    do parts = readersBut(parts[0]?.outputs[0], ({ type }) => type === 'Shape').slice();
    while (parts.length === 1 && parts[0] && moving.has(parts[0].type));
    const [first] = parts;
    if (parts.length === 1) return first?.type === 'Split' && first.outputs.length === 3;
    return String(parts.map(placeOf).toSorted()) === '0,1,2';
  };
  return (name: string): boolean => {
    const sums = readersBut(name, isEqualCopy);
    return sums.length > 0 && sums.every((sum) => sum.type === 'Add' && isTakenApart(sum));
  };
}

function made(
  type: string,
  name: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, NonNullable<ReturnType<Node['attributes']['get']>>>>,
): Node {
  return {
    name,
    domain: '',
    type,
    inputs,
    outputs: [output],
    attributes: new Map(Object.entries(attributes)),
  };
}
