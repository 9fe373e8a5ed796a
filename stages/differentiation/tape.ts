import { shapeInModel } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import { type GraphBuilder, ints, type Value } from '../graph/builder.js';
import { elementsPerImage, formatShape } from '../graph/shape.js';
import { attributed } from '../import/attributed.js';
import { intAttribute } from '../import/attributes.js';
import { biasesInParts } from '../import/biases-in-parts.js';
import type { Classifier } from '../import/classifier.js';
import { requireOverClasses } from '../import/closing/closing-softmax.js';
import { evaluateConstant } from '../import/constants.js';
import { withEqualCopies } from '../import/equal-copies.js';
import { foldedCopies } from '../import/folded-copies.js';
import { FoldingBudget } from '../import/folding-budget.js';
import { joinFunctions } from '../import/joined-functions.js';
import { withBatchAxisInMind } from '../import/missing-batch-axis.js';
import { isNamedState } from '../import/module-state.js';
import { joinNormalizedConvolutions } from '../import/normalized-convolutions.js';
import type { Activation, Operand } from '../import/operand.js';
import { poolFirst } from '../import/pooled-first.js';
import { recurrentLayer } from '../import/remedies.js';
import { withFloatCounts } from '../import/rewrites/counts.js';
import { inPrimitives } from '../import/rewrites.js';
import { declared } from '../import/views.js';
import { type Lowerings, portableLowerings } from '../lowerings/lowerings.js';
import { heldBytes, type Model, type Node, type Tensor } from '../onnx/model.js';
import type { Wired } from '../onnx/wiring.js';
import { multiplications } from '../operations/multiplications.js';
import { normalizedConvolution } from '../operations/normalized-convolution.js';
import type { Operation } from '../operations/operation.js';
import { operations } from '../operations/registry.js';
import { transpose } from '../operations/transpose.js';
import { reshape } from '../operations/views.js';
import { weightStandardization } from '../operations/weight-standardization.js';
import { shown } from '../shown.js';
import { byWhatItReads } from './by-what-it-reads.js';
import { headNodes } from './head-nodes.js';
import { missingOperations } from './missing-operations.js';
import { readingOf } from './reading.js';
import { asImage, Recorder, type TapeStep } from './recorder.js';

/** The forward pass as emitted, in order. */
export interface Tape {
  readonly steps: readonly TapeStep[];
  /** [N, K] */
  readonly logits: Value;
  /** The tool that wrote the model's file, where that is known. */
  readonly producer: string;
}

/** A step by the names of the values that it reads and makes. */
export interface WiredStep extends Wired {
  readonly step: TapeStep;
}

/** The steps of a tape as maps of what makes and what reads a value take them, in order. */
export function wiredSteps({ steps }: Tape): WiredStep[] {
  return steps.map((step) => ({
    step,
    inputs: step.context.operands.flatMap((operand) =>
      operand?.kind === 'activation' ? [operand.value.name] : [],
    ),
    outputs: step.outputs.map(({ name }) => name),
  }));
}

/**
 * Emits the forward pass of a model and records it.
 * @param image [N, C, H, W]
 * @param lowerings which of several equal forms are emitted; the portable ones by default
 * @param trainable patterns of constants that are parameters although they look like numbers of the code
 * @throws ModelError naming operation and node for what can't be translated
 */
export function record(
  b: GraphBuilder,
  model: Model,
  classifier: Classifier,
  image: Value,
  lowerings: Lowerings = portableLowerings,
  trainable: readonly string[] = [],
): Tape {
  return withBatchAxisInMind(model, () => recordNodes(b, model, classifier, image, lowerings, trainable));
}

function recordNodes(
  b: GraphBuilder,
  model: Model,
  classifier: Classifier,
  image: Value,
  lowerings: Lowerings,
  trainable: readonly string[],
): Tape {
  const recorder = new Recorder(b, model, classifier, image, lowerings);
  const operands = new Map<string, Operand>();
  const budget = new FoldingBudget(heldBytes(model.graph));
  // Outputs beside the first, such as a dropout's mask or a normalisation's mean: files declare them without reading them.
  const leftOut = new Map<string, Node>();
  const { producer = '' } = model;
  const file = { producer, fixedBatch: classifier.fixedBatch };
  const ofFile = biasesInParts(producer, {
    nodes: withEqualCopies(classifier.nodes, classifier.initializers, producer),
    initializers: classifier.initializers,
  });
  const { initializers } = ofFile;
  const counted = withFloatCounts(ofFile.nodes, initializers, classifier.image);
  const primitives = joinFunctions(inPrimitives(counted, initializers), initializers, classifier.logits);
  const recurrent = recurrentLayer(primitives);
  if (recurrent) throw missingOperations(primitives, classifier.image, recurrent);
  const asWhat = readingOf(primitives, initializers, producer, trainable);
  const copyOf = foldedCopies(producer, initializers);
  const held = (name: string, tensor: Tensor): Operand => {
    const origin = { ...declared(name, 'initializer', tensor), isState: isNamedState(producer, name) };
    return asWhat(name, copyOf(name, tensor) ?? { kind: 'constant', tensor, origin });
  };
  for (const [name, tensor] of initializers) operands.set(name, held(name, tensor));
  operands.set(classifier.image, seenBy(recorder));
  const nodes = arranged(primitives, classifier.logits, lowerings);
  const head = headNodes(nodes, classifier.logits, operationOf);

  const read = (node: Node, isHead: boolean): void => {
    const inputs = node.inputs.map((name) => (name === '' ? null : lookUp(operands, leftOut, name, node)));
    const constant = attributed(node, () =>
      evaluateConstant(node, inputs, node.opset ?? model.opset, budget, file),
    );
    if (constant) {
      const [output = ''] = node.outputs;
      operands.set(output, constant.kind === 'constant' ? asWhat(output, constant) : constant);
      return;
    }
    const operation = operationOf(node);
    const parts = attributed(node, () => byWhatItReads(operation, node, inputs, classifier.fixedBatch));
    if (parts) {
      for (const part of parts) read(part, isHead);
      return;
    }
    if (!operation) throw missingOperations(primitives, classifier.image, node);
    const [value] = recorder.add(operation, node, inputs, isHead);
    const [name = '', ...others] = node.outputs;
    if (value) operands.set(name, value);
    for (const other of others) leftOut.set(other, node);
  };
  for (const node of nodes) read(node, head.has(node));

  const output = operands.get(classifier.logits);
  if (output?.kind !== 'activation' || output.value.shape[0] !== 'N')
    throw new ModelError(`output ${shown(classifier.logits)} does not depend on the image`);
  requireLogits(output, classifier.fixedBatch);
  requireClosing(classifier, operands, model.opset);
  const logits = joinTrailingAxes(recorder, output);
  return { steps: recorder.steps, logits: logits.value, producer };
}

/** The rule of a node, if it has one. */
export function operationOf(node: Node): Operation | undefined {
  const { type, domain } = node;
  if (domain !== '') return undefined;
  if (type === weightStandardization.type && intAttribute(node, 'training_mode', 0) !== 0)
    return weightStandardization;
  if (type === normalizedConvolution.type) return normalizedConvolution;
  return operations.get(type) ?? multiplications.get(type);
}

/** The nodes in the order and the groups that they are differentiated in. */
function arranged(nodes: readonly Node[], logits: string, lowerings: Lowerings): readonly Node[] {
  const joined = lowerings.normalization === 'folded' ? joinNormalizedConvolutions(nodes, logits) : nodes;
  return lowerings.rectifiedPool === 'pooled-first' ? poolFirst(joined, logits) : joined;
}

/** The image as the model reads it: in the order [N, H, W, C] where it takes it so. */
export function seenBy(recorder: Recorder): Activation {
  const { classifier, image } = recorder;
  if (!classifier.channelsLast) return asImage(image);
  const attributes = new Map([['perm', ints([0, 2, 3, 1])]]);
  const [seen = asImage(image)] = recorder.add(
    transpose,
    added('Transpose', classifier.image, attributes),
    [asImage(image)],
    false,
  );
  return seen;
}

function lookUp(
  operands: ReadonlyMap<string, Operand>,
  leftOut: ReadonlyMap<string, Node>,
  name: string,
  node: Node,
): Operand {
  const operand = operands.get(name);
  const producer = leftOut.get(name);
  if (producer)
    throw new ModelError(
      `operation ${shown(producer.type)}, node ${shown(producer.name)}: its output ${shown(name)}, which node ${shown(node.name)} (${shown(node.type)}) reads, is not supported`,
    );
  if (!operand)
    throw new ModelError(
      `node ${shown(node.name)} (${shown(node.type)}) reads ${shown(name)}, which nothing before it makes; the graph is not in order, or goes in a circle`,
    );
  return operand;
}

function requireClosing(
  { softmax }: Classifier,
  operands: ReadonlyMap<string, Operand>,
  opset: number,
): void {
  const read = operands.get(softmax?.inputs[0] ?? '');
  if (softmax && read?.kind === 'activation')
    requireOverClasses(softmax, shapeInModel(read), softmax.opset ?? opset);
}

function requireLogits(output: Activation, fixedBatch: number | null): void {
  const shape = shapeInModel(output);
  const ofImage = output.value.shape.slice(1).map(Number);
  const [batch, , ...others] = shape;
  const areClasses =
    fixedBatch === 1
      ? ofImage.filter((size) => size > 1).length <= 1
      : batch === 'N' && shape.length >= 2 && others.every((size) => size === 1);
  if (!areClasses)
    throw new ModelError(`the output has shape ${formatShape(shape)}, expected logits [N, classes]`);
  const classes = Math.max(...ofImage);
  if (!(classes >= 2))
    throw new ModelError(
      `the output has ${elementsPerImage(output.value.shape)} class; a softmax classifier has at least 2: of one logit z of two classes, export the model with [0, z] as output, as by torch.cat([torch.zeros_like(z), z], 1)`,
    );
}

/** [N, K] of logits [N, K, 1, 1], as fully convolutional networks give them. */
function joinTrailingAxes(recorder: Recorder, output: Activation): Activation {
  const { shape } = output.value;
  if (shape.length === 2) return output;
  const { logits } = recorder.classifier;
  const sizes: Operand = { kind: 'sizes', sizes: ['N', elementsPerImage(shape)], scalar: false };
  const [flat = output] = recorder.add(reshape, added('Reshape', logits, new Map()), [output, sizes], true);
  return flat;
}

/** A node that is none of the model's. */
const added = (type: string, name: string, attributes: Node['attributes']): Node => ({
  name,
  type,
  domain: '',
  inputs: [name],
  outputs: [name],
  attributes,
});
