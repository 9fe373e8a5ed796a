import { addTo } from '../grouped.js';

/** Whatever reads tensors and makes tensors, by their names: a node, or what stands for one. An empty name is none. */
export interface Wired {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * The nodes that some tensors are computed from.
 * @param names of the tensors
 * @param given the tensor that is not computed but given, whatever makes it
 */
export function neededNodes<N extends Wired>(
  nodes: readonly N[],
  names: readonly string[],
  given?: string,
): ReadonlySet<N> {
  const producers = producersOf(nodes);
  const needed = new Set<N>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = name === given ? undefined : producers.get(name);
    if (!node || needed.has(node)) continue;
    needed.add(node);
    for (const input of node.inputs) open.push(input);
  }
  return needed;
}

/** What makes each tensor: of several, the last. */
export function producersOf<N extends Wired>(nodes: readonly N[]): ReadonlyMap<string, N> {
  const producers = new Map<string, N>();
  for (const node of nodes) for (const output of node.outputs) if (output !== '') producers.set(output, node);
  return producers;
}

/** What reads each tensor, each as often as it reads it. */
export function readersOf<N extends Wired>(nodes: readonly N[]): ReadonlyMap<string, readonly N[]> {
  const readers = new Map<string, N[]>();
  for (const node of nodes) for (const input of node.inputs) if (input !== '') addTo(readers, input, node);
  return readers;
}

/** Those of some tensors, by name, that nodes read: what is left when nodes were replaced. */
export function onlyRead<T>(tensors: ReadonlyMap<string, T>, nodes: readonly Wired[]): Map<string, T> {
  const readers = readersOf(nodes);
  return new Map([...tensors].filter(([name]) => readers.has(name)));
}
