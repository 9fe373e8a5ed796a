import { ModelError } from '../errors.js';
import { elementTypeCodes, type Model, type Node, type Tensor, type ValueInfo } from '../onnx/model.js';
import { neededNodes, producersOf, readersOf } from '../onnx/wiring.js';
import { listed, shown } from '../shown.js';
import { intAttribute } from './attributes.js';
import { beforeClosingSoftmax, withoutSoftmax } from './closing/closing-softmax.js';
import { requireLogits } from './closing/probabilities.js';
import { narrowDoubles } from './double-precision-constants.js';
import { rewriteOlder } from './forms/rewrite-older.js';
import { widenHalves } from './half-precision-constants.js';
import { inputsFor, withReadInputsFirst } from './idle-inputs.js';
import { type ImageLayout, layoutOf, withGreyImages } from './image-layout.js';
import { outputOf } from './output.js';
import { withoutRunningStatistics } from './weight-statistics.js';

/** The operator sets that are read. Before, arithmetic broadcast otherwise, and trained from evaluated was told otherwise. */
const [oldestOpset, newestOpset] = [7, 23];

/** What gives the bytes that it takes in another order or shape. */
const movements = new Set(['Identity', 'Transpose', 'Reshape', 'Squeeze', 'Unsqueeze']);

/** Types of images that are computed in float32. */
const floatImages: ReadonlySet<ValueInfo['type']> = new Set(['float32', 'float16', 'bfloat16']);

/** Where a model's classifier begins and ends. */
export interface Classifier extends ImageLayout {
  /** The graph input, or the output of the Cast that makes a float image of a uint8 one. */
  readonly image: string;
  /** The tensor before a closing Softmax, or the output; it is read as if the Softmax were a copy. */
  readonly logits: string;
  /** The closing Softmax or LogSoftmax that was cut off, or null. */
  readonly softmax: Node | null;
  /** The nodes that the logits need and that come after the image, in the file's order and in today's forms. */
  readonly nodes: readonly Node[];
  /** Those of the file, and those that came with today's forms of nodes. */
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Whether the file's input is uint8. */
  readonly takesBytes: boolean;
  /** Inputs beside the image that nothing reads which the logits need. */
  readonly idleInputs: readonly string[];
  /** How many constants of half precision became float32. */
  readonly halves: number;
}

/**
 * Finds image and logits.
 * @throws ModelError when the model is not a classifier of one image with a fixed size
 */
export function findClassifier(model: Model): Classifier {
  const { graph, opset } = withGreyImages(withReadInputsFirst(model));
  for (const used of new Set([opset, ...graph.nodes.map((node) => node.opset ?? opset)]))
    if (used < oldestOpset || used > newestOpset)
      throw new ModelError(
        `the model uses operator set ${used}${used === opset ? '' : ' in a local function'}; ${oldestOpset} to ${newestOpset} are supported: export it again with opset_version=17`,
      );
  const output = outputOf(graph.outputs);
  const { read, idle } = inputsFor(graph, output);
  const [input, second] = read;
  if (!input || second)
    throw new ModelError(
      `the model has ${graph.inputs.length} inputs (${listed(graph.inputs.map(({ name }) => shown(name)))}), ${read.length > 1 ? 'and reads more than one' : 'and reads none'}: expected one image; export the model with all others as constants`,
    );
  const producers = producersOf(graph.nodes);
  const closing = beforeClosingSoftmax(output, producers, graph.initializers, model.producer);
  const { logits, softmax } = closing;
  if (!softmax) requireLogits(logits, producers, graph.initializers, opset);
  const image = floatImages.has(input.type) ? input.name : afterCast(input, graph.nodes);
  const all = withoutRunningStatistics(graph.nodes, opset);
  const needed = neededNodes(all, [logits], image);
  const nodes = withoutSoftmax(
    all.filter((node) => needed.has(node)),
    closing,
  );
  return {
    image,
    ...layoutOf(input),
    logits,
    softmax,
    takesBytes: input.type === 'uint8',
    idleInputs: idle.map(({ name }) => name),
    ...widenHalves(narrowDoubles(rewriteOlder(graph, nodes, opset))),
  };
}

/**
 * The output of the Cast that makes a float image of a uint8 one; where bytes are moved before it, the input itself: it
 * is float32 from the start then, of the same numbers.
 */
function afterCast(input: ValueInfo, nodes: readonly Node[]): string {
  const readers = readersOf(nodes);
  let bytes = input.name;
  for (;;) {
    const [reader, another] = readers.get(bytes) ?? [];
    const [output] = reader?.outputs ?? [];
    if (input.type !== 'uint8' || reader?.domain !== '' || another || output === undefined) break;
    if (reader.type === 'Cast' && intAttribute(reader, 'to', 0) === elementTypeCodes.float32)
      return bytes === input.name ? output : input.name;
    if (!movements.has(reader.type)) break;
    bytes = output;
  }
  throw new ModelError(
    `input ${shown(input.name)} is of type ${input.type}; expected float32, or uint8 that one Cast turns into float32: export the model in float32`,
  );
}
