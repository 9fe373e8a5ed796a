import type { ParameterOptions } from '../differentiation/parameter.js';
import { parameterNotes } from '../differentiation/parameter-notes.js';
import { decideParameters } from '../differentiation/parameters.js';
import { record, type Tape } from '../differentiation/tape.js';
import { ModelError } from '../errors.js';
import { GraphBuilder } from '../graph/builder.js';
import { ConstantRoom } from '../graph/constant-room.js';
import { sizeOf } from '../graph/shape.js';
import { findClassifier } from '../import/classifier.js';
import type { View } from '../import/operand.js';
import { type Graph, heldBytes, type Model } from '../onnx/model.js';
import { type FeaturesInFile, featuresInFile, keepsOrder } from './features-in-file.js';
import { findHead } from './find-head.js';
import type { HeadConstant, LinearHead } from './linear-head.js';

/** Where a network's image, logits, penultimate features and last layer are in its file. */
export interface ClassifierDescription {
  readonly image: {
    /** Name of the tensor. */
    readonly name: string;
    readonly channels: number;
    readonly height: number;
    readonly width: number;
    /** Whether the file takes [N, H, W, C]. */
    readonly channelsLast: boolean;
    /** The batch size that is written into the file, or null where it is free. */
    readonly batch: number | null;
  };
  readonly logits: {
    /** Name of the tensor. */
    readonly name: string;
    /** K */
    readonly classes: number;
    /** Name of the closing Softmax or LogSoftmax that reads them, or null. */
    readonly softmax: string | null;
  };
  /** logits = features·Wᵀ + b, or null where that can't be found. */
  readonly head: HeadDescription | null;
  /** Why it can't, in one line, or null. */
  readonly reason: string | null;
  /** Which tensors were taken for parameters, or for none, by what is likely, each in one line. */
  readonly notes: readonly string[];
}

/** The last layer: features [N, D], W [K, D], b [K]. */
export interface HeadDescription {
  /** Name of the node. */
  readonly node: string;
  /** Gemm, MatMul or Conv. */
  readonly operation: string;
  readonly features: FeaturesInFile & {
    /** D */
    readonly size: number;
  };
  readonly weight: HeadTensor & {
    /** How the tensor's elements lie: those of a class together, those of a feature together, or otherwise. */
    readonly order: 'KD' | 'DK' | 'other';
    /** Names of other nodes that use the tensor. */
    readonly sharedWith: readonly string[];
  };
  /** b is their sum; none where there is no b. */
  readonly biases: readonly HeadTensor[];
}

/** A tensor of the file in the head. */
export interface HeadTensor {
  /** Its name, or null where it is computed of constants. */
  readonly name: string | null;
  /** As the file declares it. */
  readonly shape: readonly number[];
  /** What it is multiplied by in W or b: one number, or one for each class. */
  readonly scale: number | readonly number[];
}

/**
 * @param options which tensors count as parameters, which the notes are of
 * @throws ModelError when the model can't be read as a classifier, or has an operation without a rule
 */
export function describeClassifier(model: Model, options: ParameterOptions = {}): ClassifierDescription {
  const classifier = findClassifier(model);
  const { image: name, channels, height, width, channelsLast, fixedBatch, softmax } = classifier;
  const b = new GraphBuilder(null, 'single', new ConstantRoom(heldBytes(model.graph)));
  const image = b.input('image', ['N', channels, height, width]);
  const tape = record(b, model, classifier, image, undefined, options.trainable);
  const logits = {
    name: classifier.logits,
    classes: sizeOf(tape.logits.shape, 1),
    softmax: softmax?.name ?? null,
  };
  return {
    image: { name, channels, height, width, channelsLast, batch: fixedBatch },
    logits,
    ...headOrReason(tape, model),
    notes: parameterNotes(decideParameters(tape, options)),
  };
}

function headOrReason(tape: Tape, { graph }: Model): Pick<ClassifierDescription, 'head' | 'reason'> {
  try {
    return { head: describeHead(tape, graph, findHead(tape)), reason: null };
  } catch (error) {
    if (error instanceof ModelError) return { head: null, reason: error.message };
    throw error;
  }
}

function describeHead(tape: Tape, graph: Graph, head: LinearHead): HeadDescription {
  const { step, size, weight, biases } = head;
  const { node } = step.context;
  const { origin } = weight.constant;
  const sharing = tape.steps.filter(
    (other) =>
      other !== step &&
      other.context.operands.some(
        (operand) => operand?.kind === 'constant' && origin !== null && operand.origin?.name === origin.name,
      ),
  );
  return {
    node: node.name,
    operation: node.type,
    features: { size, ...featuresInFile(tape, graph, head) },
    weight: {
      ...describeConstant(weight),
      order: orderOf(weight),
      sharedWith: sharing.map((other) => other.context.node.name),
    },
    biases: biases.map(describeConstant),
  };
}

function describeConstant({ constant, factors }: HeadConstant): HeadTensor {
  const [first = 1] = factors;
  const { origin, tensor } = constant;
  return {
    name: origin?.name ?? null,
    shape: origin?.dims ?? tensor.dims,
    scale: factors.every((factor) => factor === first) ? first : [...factors],
  };
}

/** How the elements of the declared tensor lie, told by the views between it and the layer. */
function orderOf({ constant, byFeature }: LinearHead['weight']): HeadDescription['weight']['order'] {
  let isByFeature = byFeature;
  for (let view: View | null = constant.origin?.view ?? null; view !== null; view = view.before) {
    const { dims, order } = view;
    if (order === null || keepsOrder(order, dims)) continue;
    if (dims.filter((size) => size !== 1).length > 2) return 'other';
    isByFeature = !isByFeature;
  }
  return isByFeature ? 'DK' : 'KD';
}
