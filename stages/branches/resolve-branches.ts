import { ModelError } from '../errors.js';
import type { Graph, Model, Node } from '../onnx/model.js';
import { onlyRead } from '../onnx/wiring.js';
import { shown } from '../shown.js';
import { knownConditions } from './known-conditions.js';

/** An If as it is read: condition, outputs of one branch, those of the other. */
const isChoice = ({ type, domain }: Node): boolean => type === 'If' && domain === '';

/**
 * A model whose If nodes are replaced by the branch that is taken, with the size of its images known: exporters leave
 * conditions on ranks, shapes and settings.
 * @throws ModelError naming the node whose condition the image decides
 */
export function withoutBranches(model: Model): Model {
  if (!model.graph.nodes.some(isChoice)) return model;
  const { known, fromImage } = knownConditions(model);
  const graph = chosen(model.graph, known);
  const open = graph.nodes.find(isChoice);
  const condition = open?.inputs[0] ?? '';
  // Where it is neither known nor the image's, something before it can't be read, which is what there is to say then.
  if (open && fromImage.has(condition))
    throw new ModelError(
      `operation If, node ${shown(open.name)}: its condition ${shown(condition)} depends on the image, so that networks differ from image to image; export the model without control flow`,
    );
  return { ...model, graph };
}

function chosen(graph: Graph, known: ReadonlyMap<string, boolean>): Graph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  /** What an output of an If is called in its branch. */
  const sources = new Map<string, string>();
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const { guards = [], ...plain } = node;
    if (guards.some(({ condition, value }) => known.get(condition) === !value)) return [];
    const open = guards.filter(({ condition }) => !known.has(condition));
    const kept = {
      ...(open.length === 0 ? plain : { ...plain, guards: open }),
      inputs: node.inputs.map((name) => sources.get(name) ?? name),
    };
    const condition = isChoice(node) ? known.get(node.inputs[0] ?? '') : undefined;
    if (condition === undefined) return [kept];
    const taken = kept.inputs.slice(condition ? 1 : 1 + node.outputs.length);
    return node.outputs.flatMap((output, index) => {
      const source = taken[index] ?? '';
      sources.set(output, source);
      return outputs.has(output) ? [copyOf(kept, source, output)] : [];
    });
  });
  const initializers = onlyRead(graph.initializers, nodes);
  for (const name of outputs) {
    const tensor = graph.initializers.get(name);
    if (tensor) initializers.set(name, tensor);
  }
  return { ...graph, nodes, initializers };
}

function copyOf(node: Node, source: string, output: string): Node {
  return { ...node, type: 'Identity', inputs: [source], outputs: [output], attributes: new Map() };
}
