import { ModelError } from '../errors.js';
import { type GraphBuilder, ints, type Value } from '../graph/builder.js';
import { formatShape, type Shape } from '../graph/shape.js';
import { attributed } from '../import/attributed.js';
import type { Classifier } from '../import/classifier.js';
import { requireOverClasses } from '../import/closing-softmax.js';
import { evaluateConstant } from '../import/constants.js';
import { FoldingBudget } from '../import/folding-budget.js';
import { joinNormalizedConvolutions } from '../import/normalized-convolutions.js';
import type { Operand } from '../import/operand.js';
import { poolFirst } from '../import/pooled-first.js';
import { inPrimitives } from '../import/rewrites.js';
import { declared } from '../import/views.js';
import { type Lowerings, portableLowerings } from '../lowerings/lowerings.js';
import { heldBytes, type Model, type Node } from '../onnx/model.js';
import type { Wired } from '../onnx/wiring.js';
import { flatten } from '../operations/flatten.js';
import { normalizedConvolution } from '../operations/normalized-convolution.js';
import type { NodeContext, Operation } from '../operations/operation.js';
import { operations } from '../operations/registry.js';
import { transpose } from '../operations/transpose.js';
import { requireWellFormed } from '../operations/well-formed.js';
import { shown } from '../shown.js';
import { headNodes } from './head-nodes.js';
import { missingOperations } from './missing-operations.js';

/** One node of the imported model that was emitted, with all its rule needs to differentiate it. */
export interface TapeStep {
  readonly operation: Operation;
  readonly context: NodeContext;
  readonly outputs: readonly Value[];
  /** Whether an operation with weights lies between the image and this node. */
  readonly afterWeights: boolean;
  /** Whether it is part of the head, which stays in single precision. */
  readonly single: boolean;
}

/** The forward pass as emitted, in order. */
export interface Tape {
  readonly steps: readonly TapeStep[];
  /** [N, K] */
  readonly logits: Value;
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
 * @throws ModelError naming operation and node for what can't be translated
 */
export function record(
  b: GraphBuilder,
  model: Model,
  classifier: Classifier,
  image: Value,
  lowerings: Lowerings = portableLowerings,
): Tape {
  const steps: TapeStep[] = [];
  const operands = new Map<string, Operand>();
  const weighted = new Set<string>();
  const budget = new FoldingBudget(heldBytes(model.graph));
  // Outputs beside the first, such as a dropout's mask: files declare them without reading them.
  const leftOut = new Map<string, Node>();
  for (const [name, tensor] of classifier.initializers)
    operands.set(name, { kind: 'constant', tensor, origin: declared(name, 'initializer', tensor) });
  const seen = classifier.channelsLast ? channelsLast(b, model, classifier, image, lowerings) : null;
  if (seen) steps.push(seen);
  const primitives = inPrimitives(classifier.nodes);
  const nodes = arranged(primitives, classifier.logits, lowerings);
  const head = headNodes(nodes, classifier.logits, operationOf);
  operands.set(classifier.image, { kind: 'activation', value: seen?.outputs[0] ?? image });

  for (const node of nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? null : lookUp(operands, leftOut, name, node)));
    const constant = attributed(node, () => evaluateConstant(node, inputs, model.opset, budget));
    if (constant) {
      operands.set(node.outputs[0] ?? '', constant);
      continue;
    }
    const operation = operationOf(node);
    if (!operation) throw missingOperations(primitives, classifier.image, node);
    const context: NodeContext = {
      builder: b,
      node,
      opset: model.opset,
      fixedBatch: classifier.fixedBatch,
      images: image,
      operands: inputs,
      lowerings,
    };
    // Equal nodes of the model may hold different parameters: each keeps an output of its own.
    b.forget();
    const single = head.has(node);
    const forward = () => {
      requireWellFormed(operation, context);
      return operation.forward(context);
    };
    const outputs = attributed(node, () => (single ? b.inSingle(forward) : forward()));
    const afterWeights = node.inputs.some((name) => weighted.has(name));
    steps.push({ operation, context, outputs, afterWeights, single });
    node.outputs.forEach((name, index) => {
      const value = outputs[index];
      if (value) operands.set(name, { kind: 'activation', value });
      else leftOut.set(name, node);
      if (afterWeights || operation.weighted) weighted.add(name);
    });
  }

  const logits = operands.get(classifier.logits);
  if (logits?.kind !== 'activation')
    throw new ModelError(`output ${shown(classifier.logits)} does not depend on the image`);
  requireLogits(logits.value.shape);
  requireClosing(classifier, operands, model.opset);
  if (logits.value.shape.length === 2) return { steps, logits: logits.value };
  const flat = b.inSingle(() => joinTrailingAxes(b, model, classifier, logits.value, lowerings));
  return { steps: [...steps, flat], logits: flat.outputs[0] ?? logits.value };
}

function operationOf({ type, domain }: Node): Operation | undefined {
  if (domain !== '') return undefined;
  return type === normalizedConvolution.type ? normalizedConvolution : operations.get(type);
}

/** The nodes in the order and the groups that they are differentiated in. */
function arranged(nodes: readonly Node[], logits: string, lowerings: Lowerings): readonly Node[] {
  const joined = lowerings.normalization === 'folded' ? joinNormalizedConvolutions(nodes, logits) : nodes;
  return lowerings.rectifiedPool === 'pooled-first' ? poolFirst(joined, logits) : joined;
}

/** The step that brings the image into the order [N, H, W, C] of a model that takes it so. */
function channelsLast(
  b: GraphBuilder,
  model: Model,
  classifier: Classifier,
  image: Value,
  lowerings: Lowerings,
): TapeStep {
  const attributes = new Map([['perm', ints([0, 2, 3, 1])]]);
  const node: Node = {
    name: classifier.image,
    type: 'Transpose',
    domain: '',
    inputs: ['image'],
    outputs: [classifier.image],
    attributes,
  };
  return stepOn(b, model, classifier, transpose, node, image, lowerings);
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
  if (softmax && read?.kind === 'activation') requireOverClasses(softmax, read.value.shape, opset);
}

function requireLogits(shape: Shape): void {
  const trailingOnes = shape.slice(2).every((size) => size === 1);
  if (shape[0] !== 'N' || !trailingOnes || shape.length < 2)
    throw new ModelError(`the output has shape ${formatShape(shape)}, expected logits [N, classes]`);
  if (Number(shape[1]) < 2)
    throw new ModelError(`the output has ${shape[1]} class; a softmax classifier has at least 2`);
}

/** The step that makes [N, K] of logits [N, K, 1, 1], as fully convolutional networks give them. */
function joinTrailingAxes(
  b: GraphBuilder,
  model: Model,
  classifier: Classifier,
  logits: Value,
  lowerings: Lowerings,
): TapeStep {
  const node: Node = {
    name: classifier.logits,
    type: 'Flatten',
    domain: '',
    inputs: [classifier.logits],
    outputs: ['logits'],
    attributes: new Map(),
  };
  return { ...stepOn(b, model, classifier, flatten, node, logits, lowerings), single: true };
}

/** A step of one input that is no node of the model's. */
function stepOn(
  b: GraphBuilder,
  model: Model,
  classifier: Classifier,
  operation: Operation,
  node: Node,
  input: Value,
  lowerings: Lowerings,
): TapeStep {
  const context: NodeContext = {
    builder: b,
    node,
    opset: model.opset,
    fixedBatch: classifier.fixedBatch,
    images: input,
    operands: [{ kind: 'activation', value: input }],
    lowerings,
  };
  return {
    operation,
    context,
    outputs: operation.forward(context),
    afterWeights: false,
    single: false,
  };
}
