import { addTo } from '../../grouped.js';
import type { Graph, Node, Tensor } from '../../onnx/model.js';
import { attributed } from '../attributed.js';
import { olderBatchNormalization } from './batch-normalization.js';
import { movedAttributes } from './moved-attributes.js';
import type { AddedTensors, OlderForm } from './older-form.js';
import { olderResize } from './resize.js';
import { flatSoftmax } from './softmax.js';

const olderForms: readonly OlderForm[] = [
  ...movedAttributes,
  olderBatchNormalization,
  flatSoftmax,
  olderResize,
];

const forms: ReadonlyMap<string, readonly OlderForm[]> = byType(olderForms);

function byType(all: readonly OlderForm[]): ReadonlyMap<string, readonly OlderForm[]> {
  const found = new Map<string, OlderForm[]>();
  for (const form of all) for (const type of form.types) addTo(found, type, form);
  return found;
}

/** Nodes in the forms that rules know, and the initialisers that they read. */
export interface Rewritten {
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
}

/**
 * Brings nodes from the forms of an older operator set into those that rules know, so that no rule has to tell one set
 * from another.
 * @param nodes some of the graph's, in order
 * @throws ModelError naming operation and node for what has no such form
 */
export function rewriteOlder(graph: Graph, nodes: readonly Node[], opset: number): Rewritten {
  const formOf = ({ type, domain, opset: own = opset }: Node) =>
    domain === '' ? forms.get(type)?.find(({ until }) => own <= until) : undefined;
  if (!nodes.some(formOf)) return { nodes, initializers: graph.initializers };
  const initializers = new Map(graph.initializers);
  const added = addedTensors(graph, initializers, nodes);
  return {
    nodes: nodes.flatMap((node) => {
      const form = formOf(node);
      return form ? attributed(node, () => form.rewrite(node, added)) : [node];
    }),
    initializers,
  };
}

function addedTensors(
  { nodes, inputs, outputs }: Graph,
  initializers: Map<string, Tensor>,
  kept: readonly Node[],
): AddedTensors {
  const read = new Set(outputs.map(({ name }) => name));
  for (const node of kept) for (const input of node.inputs) read.add(input);
  const taken = new Set([...initializers.keys(), ...inputs.map(({ name }) => name)]);
  for (const node of nodes) for (const output of node.outputs) taken.add(output);
  let others = 0;
  const name = (wanted: string): string => {
    let free = wanted;
    while (taken.has(free)) free = `${wanted} ${++others}`;
    taken.add(free);
    return free;
  };
  return {
    isRead: (one) => one !== '' && read.has(one),
    name,
    constant(wanted, tensor) {
      const free = name(wanted);
      initializers.set(free, tensor);
      return free;
    },
  };
}
