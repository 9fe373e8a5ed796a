import { record, type TapeStep } from '../differentiation/tape.js';
import { GraphBuilder } from '../graph/builder.js';
import { elementsPerImage, sizeOf } from '../graph/shape.js';
import { type Classifier, findClassifier } from '../import/classifier.js';
import type { Model } from '../onnx/model.js';
import { foldedNormalizationNote } from './folded-normalization.js';
import { imageInput } from './graph-parts.js';

/** What a classifier takes, gives and costs. */
export interface ModelDescription {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** K */
  readonly classes: number;
  /** Multiplications of one forward pass of one image, those by constants of rank 2 and more. */
  readonly multiplications: number;
  /** What users of its scores should know, each in one line. */
  readonly notes: readonly string[];
}

/** @throws ModelError when the model can't be read as a classifier, or has an operation without a rule */
export function describeModel(model: Model): ModelDescription {
  const classifier = findClassifier(model);
  const { channels, height, width } = classifier;
  const b = new GraphBuilder(1);
  const tape = record(b, model, classifier, imageInput(b, classifier));
  const multiplications = tape.steps.reduce((total, step) => total + multiplicationsOf(step), 0);
  return {
    channels,
    height,
    width,
    classes: sizeOf(tape.logits.shape, 1),
    multiplications,
    notes: notesOf(classifier),
  };
}

/** What users of a model's scores should know, each in one line. @throws ModelError as `describeModel` */
export function notesOn(model: Model): readonly string[] {
  return notesOf(findClassifier(model));
}

function notesOf({ nodes, halves }: Classifier): readonly string[] {
  const note = foldedNormalizationNote(nodes);
  const precision =
    halves === 0
      ? []
      : [`${halves} of its constants are in half precision: scores are computed with them in float32`];
  return [...(note === null ? [] : [note]), ...precision];
}

/** Every weight meets every place of the output that shares it: positions for a convolution, rows else. */
function multiplicationsOf({ context, outputs }: TapeStep): number {
  const [output] = outputs;
  if (output === undefined) return 0;
  return context.operands.reduce((total, operand) => {
    if (operand?.kind !== 'constant' || operand.tensor.dims.length < 2) return total;
    const { dims, data } = operand.tensor;
    const features = context.node.type === 'Conv' ? dims[0] : sizeOf(output.shape, output.shape.length - 1);
    return total + (elementsPerImage(output.shape) / (features ?? 1)) * data.length;
  }, 0);
}
