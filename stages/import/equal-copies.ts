import { int } from '../graph/builder.js';
import type { Node, Tensor } from '../onnx/model.js';
import { readersOf } from '../onnx/wiring.js';
import { isFoldedName } from './module-state.js';

/** The attribute of an Identity that makes a parameter of its own, although its name does not say so. */
export const ofItsOwn = 'of_its_own';

/** Whether a node makes such a parameter. */
export const isEqualCopy = ({ attributes }: Node): boolean => attributes.has(ofItsOwn);

/**
 * PyTorch's exporter keeps one of several tensors that are equal, and writes the others as copies through Identity. Of those
 * that it has folded, such as the slopes of a PReLU, names no more tell whether they were one: numbers do, if they are not
 * what every layer starts with. The nodes with those copies marked that other modules read than the one that is kept: they are
 * tensors of their own.
 * @param producer who wrote the file, as it says
 */
export function withEqualCopies(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
  producer: string,
): readonly Node[] {
  const copies = new Set(nodes.filter((node) => producer === 'pytorch' && isCopyOfFew(node, initializers)));
  if (copies.size === 0) return nodes;
  const readers = readersOf(nodes);
  const scopes = new Scopes(nodes);
  const readBy = (name: string): ReadonlySet<string> =>
    scopes.ofAll((readers.get(name) ?? []).filter((reader) => !copies.has(reader)));
  /** The tensors that are equal to one of the file, with the modules that read each. */
  const equal = new Map<string, { readonly name: string; readonly modules: ReadonlySet<string> }[]>();
  const changed = new Map<Node, Node>();
  for (const node of copies) {
    const [from = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const tensors = equal.get(from) ?? [{ name: from, modules: readBy(from) }];
    equal.set(from, tensors);
    const modules = readBy(output);
    const same = tensors.find((one) => [...modules].every((module) => one.modules.has(module)));
    if (same) changed.set(node, { ...node, inputs: [same.name] });
    else {
      tensors.push({ name: output, modules });
      changed.set(node, { ...node, attributes: new Map(node.attributes).set(ofItsOwn, int(1)) });
    }
  }
  return nodes.map((node) => changed.get(node) ?? node);
}

function isCopyOfFew(
  { type, domain, inputs, outputs }: Node,
  initializers: ReadonlyMap<string, Tensor>,
): boolean {
  if (type !== 'Identity' || domain !== '' || !isFoldedName(outputs[0] ?? '')) return false;
  const tensor = initializers.get(inputs[0] ?? '');
  return tensor?.type === 'float32' && isAsBegun(tensor.data);
}

/** Whether numbers are one that code writes, such as 0, 1 or 0.25: those of two layers are equal then without being one. */
function isAsBegun(data: Float32Array): boolean {
  const [first = Number.NaN] = data;
  return Math.fround(Number(first.toPrecision(3))) === first && data.every((value) => value === first);
}

/** The modules that nodes belong to, by names such as /layer1/act/PRelu; the second call of one is /layer1/act_1/PRelu. */
class Scopes {
  readonly #paths = new Set<string>();

  constructor(nodes: readonly Node[]) {
    for (const { name } of nodes) {
      const parts = name.split('/').slice(0, -1);
      for (const end of parts.keys()) this.#paths.add(parts.slice(0, end + 1).join('/'));
    }
  }

  ofAll(nodes: readonly Node[]): Set<string> {
    return new Set(nodes.map((node) => this.#of(node)));
  }

  /** Names without a path are those of older exporters, where each node counts as another module. */
  #of({ name }: Node): string {
    const parts = name.split('/').slice(0, -1);
    if (parts.length === 0) return name;
    return parts
      .map((part, at) => {
        const first = part.replace(/_\d+$/, '');
        return this.#paths.has([...parts.slice(0, at), first].join('/')) ? first : part;
      })
      .join('/');
  }
}
