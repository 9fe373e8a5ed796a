import type { Node, Tensor } from '../onnx/model.js';

/** A classifier's nodes and what they read. */
interface Parts {
  /** To be put before the classifier's nodes. */
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
}

/**
 * Swin v2 gives queries and values a bias, and keys zeros that its code writes. Where PyTorch's exporter folds constants, it
 * stores all three as one tensor that it has named itself. The zeros are no parameters: keys are divided by their length, and
 * where a window is padded that is the length of the zeros. Such tensors are taken apart again.
 */
export function biasesInParts(
  producer: string,
  { initializers }: { readonly initializers: ReadonlyMap<string, Tensor> },
): Parts {
  const kept = new Map(initializers);
  const nodes: Node[] = [];
  if (producer === 'pytorch')
    for (const [name, tensor] of initializers) {
      const parts = /^onnx::Add_\d+$/.test(name) ? partsOf(tensor) : null;
      if (!parts || tensor.type !== 'float32') continue;
      kept.delete(name);
      const names = parts.map((part, index) => {
        const own = `${name}[${index}]`;
        const whole = { type: 'float32' as const, dims: [part.length], data: part };
        if (index !== 1) kept.set(own, whole);
        else nodes.push(made('Constant', own, [], own, { value: { kind: 'tensor', value: whole } }));
        return own;
      });
      nodes.push(made('Concat', name, names, name, { axis: { kind: 'int', value: 0 } }));
    }
  return { nodes, initializers: kept };
}

/** Three parts of a vector, if those of the middle one alone are all zero. */
function partsOf(tensor: Tensor): readonly Float32Array[] | null {
  const { data, dims } = tensor;
  const [length = 0] = dims;
  if (tensor.type !== 'float32' || !(data instanceof Float32Array) || dims.length !== 1) return null;
  if (length === 0 || length % 3 !== 0) return null;
  const parts = [0, 1, 2].map((part) => data.subarray((part * length) / 3, ((part + 1) * length) / 3));
  const areZero = parts.map((part) => part.every((element) => element === 0));
  return areZero[1] && !areZero[0] && !areZero[2] ? parts : null;
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
