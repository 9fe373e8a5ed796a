import { record } from '../differentiation/tape.js';
import { equal, multiply, subtract, where } from '../graph/arithmetic.js';
import { GraphBuilder } from '../graph/builder.js';
import { concat, reshape, slice } from '../graph/layout.js';
import { findClassifier } from '../import/classifier.js';
import type { Model, ValueInfo } from '../onnx/model.js';
import {
  ascentDirection,
  beginGraph,
  emitScores,
  finishGraph,
  type GraphOptions,
  imageInput,
  outputScoringPass,
  recordWithParameters,
  temperatureInput,
} from './graph-parts.js';
import { signatures } from './signature.js';

/** What the part that perturbs calls the images that it gives to the one that scores. */
export const perturbedImages = 'perturbed';

/** Steps from number `start` on, before number `end`. */
export interface Slice {
  readonly start: number;
  readonly end: number;
}

/** The perturbation pass without its logits: `image` [B, C, H, W], `temperature` [1] → `direction` [B, C, H, W]. */
export function directionGraph(model: Model, options: GraphOptions): Model {
  const { b, classifier, lowerings } = beginGraph(model, options);
  const image = imageInput(b, classifier);
  const temperature = temperatureInput(b);
  const tape = record(b, model, classifier, image, lowerings);
  const found = ascentDirection(b, tape, image, temperature, lowerings);
  b.output(signatures.perturbation.outputs.direction.name, found);
  return finishGraph(b, 'perturbation', lowerings);
}

/**
 * x − ε · direction of each image and each ε of a slice of e steps (section 2, input perturbation): `image`, `direction`
 * [B, C, H, W], `epsilon` [E, C] → `perturbed` [e·B, C, H, W], the images of the slice's first ε first.
 */
export function perturbingGraph(
  model: Model,
  { batch, steps }: { readonly batch: number; readonly steps: number },
  { start, end }: Slice,
): Model {
  const { channels, height, width } = findClassifier(model);
  const b = new GraphBuilder(null);
  const dims = [batch, channels, height, width];
  // Of rank 4, as not every provider broadcasts more axes.
  const rows = [1, batch, channels, height * width];
  const { image: images, epsilon: epsilons } = signatures.grid.inputs;
  const image = reshape(b, b.input(images.name, dims), rows);
  const directions = b.input(signatures.perturbation.outputs.direction.name, dims);
  const direction = reshape(b, directions, rows);
  const own = slice(b, b.input(epsilons.name, [steps, channels]), 0, start, end);
  const epsilon = reshape(b, own, [end - start, 1, channels, 1]);
  const zero = b.scalar(0);
  // A gradient that half precision had no numbers for has no direction; the image itself can be scored nevertheless.
  const moves = where(b, equal(b, epsilon, zero), zero, multiply(b, direction, epsilon));
  const perturbed = subtract(b, image, moves);
  b.output(perturbedImages, reshape(b, perturbed, [(end - start) * batch, channels, height, width]));
  return b.finish('steps');
}

/** The scoring pass of images as they are: `image` [N, C, H, W], `temperature` [1] → the outputs of `compileScoring`. */
export function scoringGraph(model: Model, options: GraphOptions): Model {
  const { b, classifier, lowerings } = beginGraph(model, options);
  const image = imageInput(b, classifier);
  const temperature = temperatureInput(b);
  const { tape, parameters } = recordWithParameters(b, model, classifier, image, options);
  outputScoringPass(b, tape.logits, emitScores(b, tape, temperature, parameters, options));
  return finishGraph(b, 'scoring', lowerings, options.layerNorms ? parameters : null);
}

/**
 * Puts the outputs of one scoring pass behind those of the one before it.
 * @param passes the outputs of each scoring pass
 * @param nameOf what the input is called that an output of a pass goes to
 */
export function gatheringGraph(
  passes: readonly (readonly ValueInfo[])[],
  nameOf: (pass: number, output: string) => string,
): Model {
  const b = new GraphBuilder(null);
  const [first = []] = passes;
  for (const [at, { name: output }] of first.entries()) {
    const parts = passes.map((outputs, pass) => {
      const { type, dims } = outputs[at] ?? {};
      return b.input(nameOf(pass, output), (dims ?? []).map(Number), type === 'int64' ? type : 'float32');
    });
    b.output(output, concat(b, parts, 0));
  }
  return b.finish('gathering');
}
