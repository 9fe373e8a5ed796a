import { record } from '../differentiation/tape.js';
import { equal, multiply, subtract, where } from '../graph/arithmetic.js';
import { GraphBuilder } from '../graph/builder.js';
import { ConstantRoom } from '../graph/constant-room.js';
import { joinGraphs } from '../graph/join.js';
import { reshape } from '../graph/layout.js';
import { findClassifier } from '../import/classifier.js';
import type { Model } from '../onnx/model.js';
import {
  ascentDirection,
  begin,
  type CompileOptions,
  finish,
  imageInput,
  outputScoringPass,
  recordWithParameters,
  score,
} from './parts.js';

/** How a grid is compiled. */
export interface GridOptions extends CompileOptions {
  /** Number of images B in every batch. */
  readonly batch: number;
  /** Number of steps ε, E, that are scored together. */
  readonly steps: number;
}

/**
 * All steps ε of one temperature in one graph: the perturbation pass of B images, then the scoring pass of E·B perturbed
 * ones, so that nothing of the size of an image leaves the graph. Inputs `image` [B, C, H, W] (preprocessed),
 * `temperature` [1] and `epsilon` [E, C] (per-channel steps in the network's input space; where they are 0, the image is
 * scored as it is). Outputs as those of `compileScoring`, of E·B images, those of the first ε first: `logits` [E·B, K],
 * `predicted` int64 [E·B], and float32 [E·B] `max_logit`, `log_odds`, `log_s`, `log_sg`, `log_g` and `log_norm`.
 * @throws ModelError as `compileScoring`
 * @throws RangeError where `batch` or `steps` is no positive integer, or weights of both passes have no room in one file
 */
export function compileGrid(model: Model, options: GridOptions): Model {
  const { batch, steps } = options;
  for (const [name, size] of Object.entries({ batch, steps }))
    if (!Number.isSafeInteger(size) || size < 1)
      throw new RangeError(`the grid's ${name} is ${size}, expected an integer of at least 1`);
  const grid = joinGraphs('grid', [
    {
      model: directions(model, options),
      prefix: 'perturbation/',
      names: { direction: 'perturbation/of-images' },
    },
    {
      model: perturbedImages(model, options),
      prefix: 'steps/',
      names: { direction: 'perturbation/of-images', perturbed: 'steps/images' },
    },
    { model: scores(model, options), prefix: 'scoring/', names: { image: 'steps/images' } },
  ]);
  const room = new ConstantRoom(model.graph.initializers);
  for (const { data } of grid.graph.initializers.values()) room.take(data.byteLength);
  return grid;
}

/** The perturbation pass without its logits. */
function directions(model: Model, options: CompileOptions): Model {
  const { b, classifier, lowerings } = begin(model, options);
  const image = imageInput(b, classifier);
  const temperature = b.input('temperature', [1]);
  const tape = record(b, model, classifier, image, lowerings);
  b.output('direction', ascentDirection(b, tape, image, temperature, lowerings));
  return finish(b, 'perturbation', lowerings);
}

/**
 * x − ε · direction of each image and each ε (section 2, input perturbation): `image`, `direction` [B, C, H, W], `epsilon`
 * [E, C] → `perturbed` [E·B, C, H, W].
 */
function perturbedImages(model: Model, { batch, steps }: GridOptions): Model {
  const { channels, height, width } = findClassifier(model);
  const b = new GraphBuilder(null);
  const dims = [batch, channels, height, width];
  // Of rank 4, as not every provider broadcasts more axes.
  const rows = [1, batch, channels, height * width];
  const image = reshape(b, b.input('image', dims), rows);
  const direction = reshape(b, b.input('direction', dims), rows);
  const epsilon = reshape(b, b.input('epsilon', [steps, channels]), [steps, 1, channels, 1]);
  const zero = b.scalar(0);
  // A gradient that half precision had no numbers for has no direction; the image itself can be scored nevertheless.
  const moves = where(b, equal(b, epsilon, zero), zero, multiply(b, direction, epsilon));
  b.output('perturbed', reshape(b, subtract(b, image, moves), [steps * batch, channels, height, width]));
  return b.finish('steps');
}

/** The scoring pass of E·B images that are perturbed already. */
function scores(model: Model, { batch, steps, ...options }: GridOptions): Model {
  const wider = { ...options, batch: steps * batch };
  const { b, classifier, lowerings } = begin(model, wider);
  const image = imageInput(b, classifier);
  const temperature = b.input('temperature', [1]);
  const { tape, parameters } = recordWithParameters(b, model, classifier, image, wider);
  outputScoringPass(b, tape.logits, score(b, tape, temperature, parameters, lowerings));
  return finish(b, 'scoring', lowerings);
}
