import type { ParameterOptions } from '../differentiation/parameter.js';
import { normalizationNotes } from '../differentiation/parameter-notes.js';
import { decideParameters } from '../differentiation/parameters.js';
import type { TapeStep } from '../differentiation/recorder.js';
import { record } from '../differentiation/tape.js';
import { GraphBuilder } from '../graph/builder.js';
import { ConstantRoom } from '../graph/constant-room.js';
import { elementsPerImage, sizeOf } from '../graph/shape.js';
import { type Classifier, findClassifier } from '../import/classifier.js';
import { heldBytes, type Model } from '../onnx/model.js';
import { listed, shown } from '../shown.js';
import { fixedGridNote } from './fixed-grid.js';
import { foldedNormalizationNote } from './folded-normalization.js';
import { gradientEndsNote } from './gradient-ends.js';
import { imageInput } from './graph-parts.js';

/** What a classifier takes, gives and costs. */
export interface ModelDescription {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Whether its images are uint8. */
  readonly takesBytes: boolean;
  /** K */
  readonly classes: number;
  /** Multiplications of one forward pass of one image, those by constants of rank 2 and more. */
  readonly multiplications: number;
  /** What users of its scores should know, each in one line. */
  readonly notes: readonly string[];
}

/**
 * @param options which tensors count as parameters, which notes are of
 * @throws ModelError when the model can't be read as a classifier, or has an operation without a rule
 */
export function describeModel(model: Model, options: ParameterOptions = {}): ModelDescription {
  const classifier = findClassifier(model);
  const { channels, height, width, takesBytes } = classifier;
  const b = new GraphBuilder(1, 'single', new ConstantRoom(heldBytes(model.graph)));
  const tape = record(b, model, classifier, imageInput(b, classifier), undefined, options.trainable);
  const multiplications = tape.steps.reduce((total, step) => total + multiplicationsOf(step), 0);
  return {
    channels,
    height,
    width,
    takesBytes,
    classes: sizeOf(tape.logits.shape, 1),
    multiplications,
    notes: [...notesOf(classifier), ...normalizationNotes(decideParameters(tape, options))],
  };
}

/**
 * What users of a model's scores should know, each in one line.
 * @param byParameters whether these are of gradients by parameters, so that it matters which parameters there are
 * @throws ModelError as `describeModel`
 */
export function notesOn(model: Model, byParameters = true): readonly string[] {
  return notesOf(findClassifier(model), byParameters);
}

function notesOf(classifier: Classifier, byParameters = true): readonly string[] {
  const { nodes, halves, idleInputs } = classifier;
  const folded = byParameters ? foldedNormalizationNote(nodes) : null;
  const notes = [folded, gradientEndsNote(classifier), fixedGridNote(classifier)];
  const precision =
    halves === 0
      ? []
      : [`${halves} of its constants are in half precision: scores are computed with them in float32`];
  const idle =
    idleInputs.length === 0
      ? []
      : [
          `nothing that its logits need reads its ${idleInputs.length === 1 ? 'input' : 'inputs'} ${listed(idleInputs.map(shown))}: left out`,
        ];
  return [...notes.filter((note) => note !== null), ...precision, ...idle];
}

/**
 * Multiplications of one image: every weight of a layer meets every place of the output that shares it, positions for a
 * convolution, rows else; of a product of activations each element of the output is a sum over what both have.
 */
function multiplicationsOf({ operation, context, outputs }: TapeStep): number {
  const [output] = outputs;
  if (output === undefined) return 0;
  const [left, right] = context.operands;
  if (operation.type === 'MatMul' && left?.kind === 'activation' && right?.kind === 'activation')
    return elementsPerImage(output.shape) * sizeOf(left.value.shape, left.value.shape.length - 1);
  const slots = operation.slots ?? {};
  return context.operands.reduce((total, operand, slot) => {
    const role = slots[slot];
    const isWeight = role !== undefined && 'parameter' in role && role.parameter.endsWith('-weight');
    if (!isWeight || operand?.kind !== 'constant') return total;
    const { dims, data } = operand.tensor;
    const features =
      role.parameter === 'convolution-weight' ? dims[0] : sizeOf(output.shape, output.shape.length - 1);
    return total + (elementsPerImage(output.shape) / (features ?? 1)) * data.length;
  }, 0);
}
