import type { ParameterOptions } from '../differentiation/parameter.js';
import { decideParameters, type ParameterDecisions } from '../differentiation/parameters.js';
import { record } from '../differentiation/tape.js';
import type { Lowerings } from '../lowerings/lowerings.js';
import type { Model } from '../onnx/model.js';
import {
  ascentDirection,
  beginGraph,
  emitScores,
  featuresOf,
  finishGraph,
  type GraphOptions,
  imageInput,
  outputAll,
  outputOneShot,
  outputScoringPass,
  perturb,
  recordWithParameters,
  scoredParameters,
  temperatureInput,
} from './graph-parts.js';
import { signatures } from './signature.js';

export type { GraphOptions } from './graph-parts.js';

/**
 * The forward pass alone: `image` [N, C, H, W] → `logits` [N, K], and `features` [N, D] where they are asked for.
 * @throws ModelError naming the operation and node that has no rule, or why there are no features
 */
export function compileForward(model: Model, options: GraphOptions = {}): Model {
  const { b, classifier, lowerings } = beginGraph(model, options);
  // Where nothing is differentiated, what ONNX Runtime joins a bias with is read once and is faster.
  const joined: Lowerings = { ...lowerings, biases: 'added' };
  const tape = record(b, model, classifier, imageInput(b, classifier), joined);
  outputAll(b, 'forward', { logits: tape.logits }, { features: featuresOf(b, tape, options) });
  return finishGraph(b, 'forward', lowerings);
}

/**
 * The perturbation pass: `image` [N, C, H, W], `temperature` [1] → `direction` [N, C, H, W], the sign of ∇ₓ(−log S) at
 * that temperature, and `logits` [N, K].
 */
export function compilePerturbation(model: Model, options: GraphOptions = {}): Model {
  const { b, classifier, lowerings } = beginGraph(model, options);
  const image = imageInput(b, classifier);
  const temperature = temperatureInput(b);
  const tape = record(b, model, classifier, image, lowerings);
  const direction = ascentDirection(b, tape, image, temperature, lowerings);
  outputAll(b, 'perturbation', { direction, logits: tape.logits }, {});
  return finishGraph(b, 'perturbation', lowerings);
}

/**
 * What moves images for a forward pass at ε > 0: `image`, `direction` [N, C, H, W], `epsilon` [C] → `moved` [N, C, H, W], with
 * the very operations by which the scoring pass moves them.
 */
export function compileMove(model: Model, options: GraphOptions = {}): Model {
  const { b, classifier, lowerings } = beginGraph(model, options);
  const image = imageInput(b, classifier);
  const { inputs } = signatures.move;
  const direction = b.input(inputs.direction.name, image.shape);
  const epsilon = b.input(inputs.epsilon.name, [classifier.channels]);
  outputAll(b, 'move', { moved: perturb(b, image, direction, epsilon) }, {});
  return finishGraph(b, 'move', lowerings);
}

/**
 * The scoring pass at image − epsilon · direction. Inputs `image`, `direction` [N, C, H, W], `epsilon` [C],
 * `temperature` [1]; outputs `logits` [N, K], `predicted` int64 [N], and float32 [N] `max_logit`, `log_odds` (−λ),
 * `log_s`, `log_sg` (log ‖∇_θ ℓ‖²), `log_g` and `log_norm` (log ‖Jᵀv‖²); where it is asked for, `layer_log_norms` [N, L],
 * log SG of each parameter of θ alone.
 */
export function compileScoring(model: Model, options: GraphOptions = {}): Model {
  const { b, classifier, lowerings } = beginGraph(model, options);
  const image = imageInput(b, classifier);
  const { inputs } = signatures.scoring;
  const direction = b.input(inputs.direction.name, image.shape);
  const epsilon = b.input(inputs.epsilon.name, [classifier.channels]);
  const temperature = temperatureInput(b);
  const perturbed = perturb(b, image, direction, epsilon);
  const { tape, parameters } = recordWithParameters(b, model, classifier, perturbed, options);
  outputScoringPass(b, tape.logits, emitScores(b, tape, temperature, parameters, options));
  return finishGraph(b, 'scoring', lowerings, options.layerNorms ? parameters : null);
}

/**
 * The whole detector in one graph: perturbation, then scoring. Inputs `image` [N, C, H, W] (preprocessed), `temperature`
 * [1] and `epsilon` [C] (per-channel step in the network's input space); outputs `logits` [N, K] and `predicted` int64
 * [N] at the perturbed image, and float32 [N] `log_odds`, `log_s`, `log_sg`, `log_g`; where they are asked for, `features`
 * [N, D] at the perturbed image, and `layer_log_norms` [N, L].
 */
export function compileOneShot(model: Model, options: GraphOptions = {}): Model {
  const { b, classifier, lowerings } = beginGraph(model, options);
  const image = imageInput(b, classifier);
  const temperature = temperatureInput(b);
  const epsilon = b.input(signatures.oneShot.inputs.epsilon.name, [classifier.channels]);
  const clean = record(b, model, classifier, image, lowerings);
  const direction = ascentDirection(b, clean, image, temperature, lowerings);
  const { tape, parameters } = recordWithParameters(
    b,
    model,
    classifier,
    perturb(b, image, direction, epsilon),
    options,
  );
  const scores = emitScores(b, tape, temperature, parameters, options);
  outputOneShot(b, tape.logits, scores, featuresOf(b, tape, options));
  return finishGraph(b, 'grodin', lowerings, options.layerNorms ? parameters : null);
}

/** What was decided for each tensor of the model, and why. */
export function decideModelParameters(model: Model, options: ParameterOptions = {}): ParameterDecisions {
  const { b, classifier } = beginGraph(model, options);
  const tape = record(b, model, classifier, imageInput(b, classifier), undefined, options.trainable);
  return decideParameters(tape, options);
}

/** Checks what compiling would refuse of a model's parameters. @throws ModelError when none would be scored */
export function checkParameters(model: Model, options: ParameterOptions): void {
  scoredParameters(decideModelParameters(model, options), options);
}
