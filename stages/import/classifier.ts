import { ModelError } from '../errors.js';
import type { Model, Node, ValueInfo } from '../onnx/model.js';

/** Where a model's classifier begins and ends. */
export interface Classifier {
  /** The graph input, or the output of the Cast that makes a float image of a uint8 one. */
  readonly image: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Whether the model itself takes [N, H, W, C]. */
  readonly channelsLast: boolean;
  /** The batch size written into the file, or null where it is free. */
  readonly fixedBatch: number | null;
  /** The tensor before a closing Softmax, or the output. */
  readonly logits: string;
  /** The nodes that the logits need and that come after the image, in the file's order. */
  readonly nodes: readonly Node[];
}

/**
 * Finds image and logits.
 * @throws ModelError when the model is not a classifier of one image with a fixed size
 */
export function findClassifier(model: Model): Classifier {
  const { graph, opset } = model;
  if (opset < 11 || opset > 21)
    throw new ModelError(
      `the model uses operator set ${opset}; 11 to 21 are supported: export it again with opset_version=17`,
    );
  const [input, second] = graph.inputs;
  if (!input || second)
    throw new ModelError(
      `the model has ${graph.inputs.length} inputs (${graph.inputs.map(({ name }) => name).join(', ')}), expected one image`,
    );
  const producers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((output): [string, Node] => [output, node])),
  );
  const logits = beforeSoftmax(outputOf(graph.outputs), producers);
  const image = input.type === 'float32' ? input.name : afterCast(input, graph.nodes);
  return { image, ...layoutOf(input), logits, nodes: neededNodes(graph.nodes, producers, logits, image) };
}

function outputOf(outputs: readonly ValueInfo[]): string {
  const [only, second] = outputs;
  const chosen = second ? outputs.find(({ name }) => name === 'logits') : only;
  if (!chosen)
    throw new ModelError(
      `the model has ${outputs.length} outputs (${outputs.map(({ name }) => name).join(', ')}) and none is named logits; export it with the logits alone`,
    );
  return chosen.name;
}

function beforeSoftmax(output: string, producers: ReadonlyMap<string, Node>): string {
  const node = producers.get(output);
  if (node?.type === 'Softmax' || node?.type === 'LogSoftmax' || node?.type === 'Identity') {
    const [input] = node.inputs;
    if (input !== undefined) return beforeSoftmax(input, producers);
  }
  return output;
}

function afterCast(input: ValueInfo, nodes: readonly Node[]): string {
  const consumers = nodes.filter((node) => node.inputs.includes(input.name));
  const [cast, another] = consumers;
  const [output] = cast?.outputs ?? [];
  if (input.type !== 'uint8' || cast?.type !== 'Cast' || another || output === undefined)
    throw new ModelError(
      `input ${input.name} is of type ${input.type}; expected float32, or uint8 that one Cast turns into float32: export the model in float32`,
    );
  return output;
}

function layoutOf(input: ValueInfo): Omit<Classifier, 'image' | 'logits' | 'nodes'> {
  const { dims, name } = input;
  if (dims?.length !== 4)
    throw new ModelError(
      `input ${name} has shape [${dims ?? 'unknown'}], expected an image batch [N, C, H, W]`,
    );
  const [batch, a, b, c] = dims;
  const isColour = (size: number | string | undefined) => size === 1 || size === 3 || size === 4;
  const channelsLast = !isColour(a) && isColour(c);
  const [channels, height, width] = channelsLast ? [c, a, b] : [a, b, c];
  if (
    typeof channels !== 'number' ||
    typeof height !== 'number' ||
    typeof width !== 'number' ||
    channels < 1 ||
    height < 1 ||
    width < 1
  )
    throw new ModelError(
      `input ${name} has shape [${dims}]; channels, height and width must be fixed: export the model with only the batch axis free`,
    );
  return {
    channels,
    height,
    width,
    channelsLast,
    fixedBatch: typeof batch === 'number' && batch > 0 ? batch : null,
  };
}

function neededNodes(
  nodes: readonly Node[],
  producers: ReadonlyMap<string, Node>,
  logits: string,
  image: string,
): Node[] {
  const needed = new Set<Node>();
  const open = [logits];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = name === image ? undefined : producers.get(name);
    if (!node || needed.has(node)) continue;
    needed.add(node);
    open.push(...node.inputs.filter((input) => input !== ''));
  }
  return nodes.filter((node) => needed.has(node));
}
