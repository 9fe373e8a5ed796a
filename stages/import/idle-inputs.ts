import type { Graph, Model, ValueInfo } from '../onnx/model.js';
import { neededNodes } from '../onnx/wiring.js';
import { outputOf } from './output.js';

/** The inputs of a graph, by whether what the logits need reads them. */
interface Inputs {
  readonly read: readonly ValueInfo[];
  /** May be fed anything: exporters keep arguments that a network has no use for. */
  readonly idle: readonly ValueInfo[];
}

/** @param output that the logits are, or are made of */
export function inputsFor({ inputs, nodes }: Graph, output: string): Inputs {
  if (inputs.length < 2) return { read: inputs, idle: [] };
  const names = new Set([output, ...[...neededNodes(nodes, [output])].flatMap((node) => node.inputs)]);
  const read = inputs.filter(({ name }) => names.has(name));
  return { read, idle: inputs.filter(({ name }) => !names.has(name)) };
}

/** A model whose first input is one that its logits need: the image, where it has one. */
export function withReadInputsFirst(model: Model): Model {
  const { graph } = model;
  if (graph.inputs.length < 2) return model;
  const { read, idle } = inputsFor(graph, outputOf(graph.outputs));
  return { ...model, graph: { ...graph, inputs: [...read, ...idle] } };
}
