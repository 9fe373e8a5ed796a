import type { Model, Node, Tensor, ValueInfo } from '../onnx/model.js';

/** The sizes of one image's part of an input, or null where one of them is free or there is no shape. */
export function fixedPart({ dims }: ValueInfo): readonly number[] | null {
  const part = dims?.slice(1);
  return part?.every((size): size is number => typeof size === 'number' && size > 0) ? part : null;
}

/** Whether an input can be the pixels of grey images behind each other: [N, pixels], or with axes of size 1 beside. */
export function isRowOfPixels({ dims }: ValueInfo): boolean {
  if (dims?.length !== 2 && dims?.length !== 3) return false;
  return dims.length === 2 || dims.slice(1).some((size) => size === 1);
}

const suffix = '/grey';

/** Whether a model was given its axis of channels here, so that its file takes images in another shape. */
export function hasAddedChannelAxis({ graph }: Model): boolean {
  const [input] = graph.inputs;
  return input !== undefined && graph.nodes[0]?.name.startsWith(`${input.name}${suffix}`) === true;
}

/**
 * A model of grey images that has no axis of channels, [N, H, W], or none of rows either, [N, pixels], as one of images
 * [N, 1, H, W], which it brings into its own shape first. Pixels lie row by row.
 */
export function withChannelAxis(
  model: Model,
  { height, width }: { readonly height: number; readonly width: number },
): Model {
  const { graph } = model;
  const [input, ...others] = graph.inputs;
  const part = input && fixedPart(input);
  if (!part) return model;
  const taken = new Set([...graph.initializers.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
  const named = (name: string): string => (taken.has(name) ? named(`${name}'`) : name);
  const [own, target] = [named(`${input.name}${suffix}`), named(`${input.name}/shape`)];
  // 0 keeps the images.
  const shape: Tensor = {
    type: 'int64',
    dims: [part.length + 1],
    data: BigInt64Array.from([0, ...part], BigInt),
  };
  const reshape: Node = {
    name: own,
    domain: '',
    type: 'Reshape',
    inputs: [input.name, target],
    outputs: [own],
    attributes: new Map(),
  };
  const nodes = graph.nodes.map((node) =>
    node.inputs.includes(input.name)
      ? { ...node, inputs: node.inputs.map((name) => (name === input.name ? own : name)) }
      : node,
  );
  return {
    ...model,
    graph: {
      ...graph,
      inputs: [{ ...input, dims: [input.dims?.[0] ?? 'N', 1, height, width] }, ...others],
      initializers: new Map([...graph.initializers, [target, shape]]),
      nodes: [reshape, ...nodes],
    },
  };
}
