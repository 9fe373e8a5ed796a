import { elementBytes, elementCount, type Model } from '../onnx/model.js';
import { runningOrder } from './running-order.js';

/** What running a graph takes. */
export interface GraphMemory {
  /** Largest sum of the values alive at one time, of one image of the batch, in bytes. */
  readonly imageBytes: number;
  /** Initialisers, in bytes. */
  readonly fixedBytes: number;
}

/**
 * The memory of a graph run node by node, in the order in which the engines run it: a value lives from the node that
 * gives it to the last one that reads it, inputs and outputs of the graph throughout. What the kernels take for
 * themselves, and what an optimiser changes, is not counted.
 * @param model a graph as the builder finishes it, with the shapes of its values
 * @param batch images that the graph is for
 * @throws TypeError when the shape of a value isn't known
 */
export function graphMemory({ graph }: Model, batch: number): GraphMemory {
  const sizeOf = (name: string): number => {
    const value = graph.values?.get(name);
    if (value?.dims == null) throw new TypeError(`the shape of ${name} is not known`);
    const dims = value.dims.map((size) => (typeof size === 'number' ? size : batch));
    return elementCount(dims) * (value.type === 'unknown' ? 4 : elementBytes[value.type]);
  };
  const nodes = runningOrder(graph.nodes);
  const lastUse = new Map<string, number>();
  for (const [index, node] of nodes.entries())
    for (const name of [...node.inputs, ...node.outputs]) lastUse.set(name, index);
  const held = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name));
  const isCounted = (name: string): boolean =>
    name !== '' && !held.has(name) && !graph.initializers.has(name);
  let alive = [...held].reduce((sum, name) => sum + sizeOf(name), 0);
  let peak = alive;
  for (const [index, node] of nodes.entries()) {
    for (const name of node.outputs.filter(isCounted)) alive += sizeOf(name);
    peak = Math.max(peak, alive);
    const ended = new Set([...node.inputs, ...node.outputs].filter(isCounted));
    for (const name of ended) if (lastUse.get(name) === index) alive -= sizeOf(name);
  }
  const fixedBytes = [...graph.initializers.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  return { imageBytes: Math.ceil(peak / batch), fixedBytes };
}
