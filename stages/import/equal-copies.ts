import { int } from '../graph/builder.js';
import type { Node, Tensor } from '../onnx/model.js';
import { readersOf } from '../onnx/wiring.js';
import { isFoldedName, isNamedState } from './module-state.js';

type Initializers = ReadonlyMap<string, Tensor>;

/** The attribute of an Identity that makes a parameter of its own, although its name does not say so. */
export const ofItsOwn = 'of_its_own';

/** Whether a node makes such a parameter. */
export const isEqualCopy = ({ attributes }: Node): boolean => attributes.has(ofItsOwn);

/**
 * PyTorch's exporter keeps one of several tensors that are equal, and writes the others as copies through Identity. Of those
 * that it has folded, such as the slopes of a PReLU, names no more tell whether they were one: numbers do, if they are not
 * what every layer starts with, or what the modules that read them were copied with. The nodes with those copies marked that
 * other modules read than the one that is kept: they are tensors of their own.
 * @param producer who wrote the file, as it says
 */
export function withEqualCopies(
  nodes: readonly Node[],
  initializers: Initializers,
  producer: string,
): readonly Node[] {
  if (producer !== 'pytorch') return nodes;
  const folded = nodes.filter((node) => isFoldedCopy(node, initializers));
  if (folded.length === 0) return nodes;
  const readers = readersOf(nodes);
  const scopes = new Scopes(nodes, initializers);
  const readBy = (name: string): ReadonlySet<string> =>
    scopes.ofAll((readers.get(name) ?? []).filter(({ type }) => type !== 'Identity'));
  const isOfCopies = copiedModules(nodes, initializers, readBy);
  const copies = new Set(
    folded.filter(({ inputs: [from = ''], outputs: [to = ''] }) => {
      const tensor = initializers.get(from);
      return (tensor?.type === 'float32' && isAsBegun(tensor.data)) || isOfCopies(from, to);
    }),
  );
  /** The tensors that are equal to one of the file, with the modules that read each. */
  const equal = new Map<string, { readonly name: string; readonly modules: ReadonlySet<string> }[]>();
  const changed = new Map<Node, Node>();
  for (const node of copies) {
    const [from = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const tensor = initializers.get(from);
    // Code that fills a part of a tensor with a number, as Swin v2's with zeros, is exported as an Expand of that.
    const isFilling = (readers.get(output) ?? []).every(({ type }) => type === 'Expand');
    if (isFilling && tensor?.type === 'float32' && isAsBegun(tensor.data)) {
      const attributes: Node['attributes'] = new Map([['value', { kind: 'tensor', value: tensor }]]);
      changed.set(node, { ...node, type: 'Constant', inputs: [], attributes });
      continue;
    }
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

function isFoldedCopy({ type, domain, inputs, outputs }: Node, initializers: Initializers): boolean {
  const isCopy = type === 'Identity' && domain === '' && isFoldedName(outputs[0] ?? '');
  return isCopy && initializers.get(inputs[0] ?? '')?.type === 'float32';
}

/**
 * Tells whether the modules that read a tensor and its copy were copied from each other, as `nn.TransformerEncoder` copies its
 * layer: elsewhere in them the file has tensors that are equal, though not by chance, and have a name in each.
 */
function copiedModules(
  nodes: readonly Node[],
  initializers: Initializers,
  readBy: (name: string) => ReadonlySet<string>,
): (from: string, to: string) => boolean {
  const pairOf = (from: string, to: string): string | null => {
    const [[one, another], [other, more]] = [[...readBy(from)], [...readBy(to)]];
    if (one === undefined || other === undefined || another !== undefined || more !== undefined) return null;
    return partingOf(one, other);
  };
  const copied = new Set<string>();
  for (const { type, inputs, outputs } of nodes) {
    const [[from = ''], [to = '']] = [inputs, outputs];
    const tensor = type === 'Identity' && isNamedState('pytorch', to) ? initializers.get(from) : undefined;
    if (tensor?.type !== 'float32' || isAsBegun(tensor.data)) continue;
    const pair = pairOf(from, to);
    if (pair !== null) copied.add(pair);
  }
  return (from, to) => copied.has(pairOf(from, to) ?? '');
}

/** Where the ways to two modules part, if they go on alike: `/e/layers.0 /e/layers.1`. */
function partingOf(one: string, other: string): string | null {
  const [ways, others] = [one.split('/'), other.split('/')];
  const at = ways.findIndex((part, place) => part !== others[place]);
  if (at < 0 || String(ways.slice(at + 1)) !== String(others.slice(at + 1))) return null;
  return `${ways.slice(0, at + 1).join('/')} ${others.slice(0, at + 1).join('/')}`;
}

/** Whether numbers are one that code writes, such as 0, 1 or 0.25: those of two layers are equal then without being one. */
function isAsBegun(data: Float32Array): boolean {
  const [first = Number.NaN] = data;
  return Math.fround(Number(first.toPrecision(3))) === first && data.every((value) => value === first);
}

/** The modules that nodes belong to, by names such as /layer1/act/PRelu; the second call of one is /layer1/act_1/PRelu. */
class Scopes {
  readonly #paths = new Set<string>();
  /** Whether names say which module a node belongs to. */
  readonly #areNamed: boolean;

  constructor(nodes: readonly Node[], initializers: Initializers) {
    for (const { name } of nodes) {
      const parts = name.split('/').slice(0, -1);
      for (const end of parts.keys()) this.#paths.add(parts.slice(0, end + 1).join('/'));
    }
    const hasModules = [...initializers.keys()].some((name) => /\w\.(weight|bias)$/.test(name));
    this.#areNamed = [...this.#paths].some((path) => path !== '') || !hasModules;
  }

  ofAll(nodes: readonly Node[]): Set<string> {
    return new Set(nodes.map((node) => this.#of(node)));
  }

  /** Names without a path are those of older exporters, and of scripted modules, where each node counts as another module. */
  #of({ name }: Node): string {
    const parts = name.split('/').slice(0, -1);
    if (parts.length === 0 || !this.#areNamed) return name;
    return parts
      .map((part, at) => {
        const first = part.replace(/_\d+$/, '');
        return this.#paths.has([...parts.slice(0, at), first].join('/')) ? first : part;
      })
      .join('/');
  }
}
