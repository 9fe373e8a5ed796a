import { backpropagate } from '../differentiation/backward.js';
import type { Parameter, ParameterOptions } from '../differentiation/parameter.js';
import { decideParameters, type ParameterDecisions } from '../differentiation/parameters.js';
import { record, type Tape } from '../differentiation/tape.js';
import { ModelError } from '../errors.js';
import { emitFeatures } from '../features/emit-features.js';
import { findHead } from '../features/find-head.js';
import { add, expand, logarithm, multiply, negate, subtract, sum } from '../graph/arithmetic.js';
import { GraphBuilder, type Value } from '../graph/builder.js';
import { ConstantRoom } from '../graph/constant-room.js';
import { concat, reshape } from '../graph/layout.js';
import { zerosPerImage } from '../graph/reduction.js';
import { type Classifier, findClassifier } from '../import/classifier.js';
import { alignConvolutions } from '../lowerings/aligned-convolutions.js';
import { toChannelsLast } from '../lowerings/channels-last.js';
import { cotangentExponent, toHalfPrecision } from '../lowerings/half-precision.js';
import { cpuLowerings, type Lowerings } from '../lowerings/lowerings.js';
import { padBehindPointwise } from '../lowerings/padded-pointwise.js';
import { logarithmFromZero } from '../lowerings/powers.js';
import { signOf } from '../lowerings/sign.js';
import { heldBytes, type Model } from '../onnx/model.js';
import { call } from '../setting.js';
import { withoutGradient } from './gradient-ends.js';
import { type Head, softmaxHead } from './head.js';
import { namingLayers } from './layer-names.js';
import { type GraphSignature, type OutputsOf, type SignatureKind, signatures } from './signature.js';

/** How a graph of a model is compiled. */
export interface GraphOptions extends ParameterOptions {
  /** Number of images in every batch; free when left out. */
  readonly batch?: number;
  /** Which of several equal forms are emitted; those fastest on ONNX Runtime's CPU provider by default. */
  readonly lowerings?: Lowerings;
  /** Whether the forward pass gives the features that the last layer reads, too: forward and one-shot graphs. */
  readonly features?: boolean;
  /** Whether scores come with the norm of each layer's gradient: graphs that score. */
  readonly layerNorms?: boolean;
}

export function beginGraph(
  model: Model,
  options: GraphOptions,
): { readonly b: GraphBuilder; readonly classifier: Classifier; readonly lowerings: Lowerings } {
  const lowerings = options.lowerings ?? cpuLowerings;
  return {
    b: new GraphBuilder(
      options.batch ?? null,
      lowerings.precision,
      new ConstantRoom(heldBytes(model.graph)),
      lowerings.products,
    ),
    classifier: findClassifier(model),
    lowerings,
  };
}

/** @param layers what the graph gives norms of, or null */
export function finishGraph(
  b: GraphBuilder,
  name: string,
  lowerings: Lowerings,
  layers: readonly Parameter[] | null = null,
): Model {
  const { convolutions, precision, layout } = lowerings;
  const graph = b.finish(name, layers ? namingLayers(layers.map((layer) => layer.name)) : undefined);
  const aligned = convolutions === 'aligned' ? alignConvolutions(padBehindPointwise(graph)) : graph;
  const precise = precision === 'half' ? toHalfPrecision(aligned) : aligned;
  return layout === 'channels-last' ? toChannelsLast(precise) : precise;
}

export function imageInput(b: GraphBuilder, { channels, height, width }: Classifier): Value {
  return b.input(signatures.forward.inputs.image.name, ['N', channels, height, width]);
}

/** T, [1]. */
export function temperatureInput(b: GraphBuilder): Value {
  return b.input(signatures.scoring.inputs.temperature.name, [1]);
}

/** What a kind of graph has only where it is asked for, and null where it is not. */
type OptionalValues<Kind extends SignatureKind> = Readonly<
  Record<keyof (typeof signatures)[Kind]['optional'], Value | null>
>;

/**
 * Names values as outputs of the graph, all that its signature has and in its order.
 *
 * Optional ones follow the first. Engines begin with what is written last, which is to be a score: the sum of all norms
 * takes each layer's as the backward pass comes to it, where a list of them would have it go to its end first.
 */
export function outputAll<Kind extends SignatureKind>(
  b: GraphBuilder,
  kind: Kind,
  values: Readonly<Record<keyof OutputsOf<Kind>, Value>>,
  asked: OptionalValues<Kind>,
): void {
  const { outputs, optional }: GraphSignature = signatures[kind];
  const [first, ...others] = Object.entries(outputs);
  const required = new Map<string, Value>(Object.entries(values));
  const optionals = new Map<string, Value | null>(Object.entries(asked));
  for (const [key, { name }] of [...(first ? [first] : []), ...Object.entries(optional), ...others]) {
    const value = required.get(key) ?? optionals.get(key);
    if (value) b.output(name, value);
  }
}

/** The features of a forward pass where they are asked for. @throws ModelError where they can't be found */
export function featuresOf(b: GraphBuilder, tape: Tape, { features }: GraphOptions): Value | null {
  if (!features) return null;
  try {
    return emitFeatures(b, findHead(tape));
  } catch (error) {
    if (error instanceof ModelError)
      throw new ModelError(`features can't be given: ${error.message}`, { cause: error });
    throw error;
  }
}

/** x_p = x − ε · direction (section 2, input perturbation). */
export function perturb(b: GraphBuilder, image: Value, direction: Value, epsilon: Value): Value {
  return b.inSingle(() => {
    const steps = reshape(b, epsilon, [1, image.shape[1] ?? 1, 1, 1]);
    return subtract(b, image, multiply(b, direction, steps));
  });
}

/**
 * sign ∇ₓ(−log S): the factor between it and Jₓᵀv is positive. 0 where the gradient is identically 0, as where the image is
 * rounded first.
 */
export function ascentDirection(
  b: GraphBuilder,
  tape: Tape,
  image: Value,
  temperature: Value,
  lowerings: Lowerings,
): Value {
  const { cotangent } = headOf(b, tape, temperature);
  const { vectorNorms } = lowerings;
  const targets = { image, parameters: [], vectorNorms };
  const gradient = backpropagate(b, tape, scaled(b, cotangent, lowerings), targets).image;
  return b.inSingle(() =>
    gradient
      ? signOf(b, gradient, lowerings)
      : expand(b, zerosPerImage(b, tape.logits, image.shape.length), image.shape),
  );
}

function headOf(b: GraphBuilder, tape: Tape, temperature: Value): Head {
  return b.inSingle(() => softmaxHead(b, tape.logits, temperature));
}

/** v times 2^`cotangentExponent` where it goes through half precision. */
function scaled(b: GraphBuilder, cotangent: Value, { precision }: Lowerings): Value {
  return precision === 'single'
    ? cotangent
    : b.inSingle(() => multiply(b, cotangent, b.scalar(2 ** cotangentExponent)));
}

export function recordWithParameters(
  b: GraphBuilder,
  model: Model,
  classifier: Classifier,
  image: Value,
  options: GraphOptions,
): { readonly tape: Tape; readonly parameters: readonly Parameter[] } {
  const tape = record(b, model, classifier, image, options.lowerings ?? cpuLowerings, options.trainable);
  return { tape, parameters: scoredParameters(decideParameters(tape, options), options) };
}

export function scoredParameters(
  { parameters }: ParameterDecisions,
  options: ParameterOptions,
): readonly Parameter[] {
  const scored = parameters.filter((parameter) => parameter.scored);
  if (scored.length > 0) return scored;
  if (parameters.length === 0)
    throw new ModelError(
      'the model has no parameters: no weights lie between its image and its logits, and gradients by them are what is scored; give a network that was trained',
    );
  throw new ModelError(
    `no parameter matches ${JSON.stringify(options.parameters ?? ['*'])}; list them with: ${call('listParameters')}`,
  );
}

/** What a batch is scored by, as values of the graph. */
export interface ScoreValues {
  readonly head: Head;
  /** log ‖Jᵀv‖² over θ, [N]. */
  readonly logNorm: Value;
  readonly logSG: Value;
  readonly logG: Value;
  /** log SG of each parameter of θ alone, [N, L], where it is asked for. */
  readonly layerLogNorms: Value | null;
}

/** log SG = 2(λ + log S − log T) + log ‖Jᵀv‖² and log G = 2(λ − log T) + log ‖Jᵀv‖². */
export function emitScores(
  b: GraphBuilder,
  tape: Tape,
  temperature: Value,
  parameters: readonly Parameter[],
  { lowerings = cpuLowerings, layerNorms = false }: GraphOptions,
): ScoreValues {
  const head = headOf(b, tape, temperature);
  const v = scaled(b, head.cotangent, lowerings);
  const vectorNorms = layerNorms ? 'each' : lowerings.vectorNorms;
  const { squaredNorms, normOf } = backpropagate(b, tape, v, { image: null, parameters, vectorNorms });
  if (squaredNorms.length === 0) throw withoutGradient(tape);
  return b.inSingle(() => {
    const log = (norm: Value): Value => logarithmFromZero(b, norm, lowerings.logarithmOfZero);
    const unscaled = (logNorm: Value): Value =>
      lowerings.precision === 'single'
        ? logNorm
        : subtract(b, logNorm, b.scalar(2 * cotangentExponent * Math.LN2));
    // In the order of the backward pass: ONNX Runtime then needs each layer's tensors for a short time only.
    const logNorm = unscaled(log(sum(b, squaredNorms.toReversed())));
    const twice = (x: Value): Value => multiply(b, x, b.scalar(2));
    const factor = twice(subtract(b, head.lambda, logarithm(b, temperature)));
    const logG = add(b, factor, logNorm);
    const scores = { head, logNorm, logG, logSG: add(b, logG, twice(head.logS)) };
    if (!layerNorms) return { ...scores, layerLogNorms: null };
    const column = (x: Value): Value => reshape(b, x, ['N', 1]);
    const norms = parameters.map((parameter) => {
      const norm = normOf.get(parameter);
      return norm ? column(norm) : zerosPerImage(b, tape.logits, 2);
    });
    const logNorms = unscaled(log(concat(b, norms, 1)));
    return { ...scores, layerLogNorms: add(b, logNorms, column(add(b, factor, twice(head.logS)))) };
  });
}

/** The outputs of a one-shot graph. */
export function outputOneShot(
  b: GraphBuilder,
  logits: Value,
  scores: ScoreValues,
  features: Value | null,
): void {
  const { head, layerLogNorms } = scores;
  const values = { logits, predicted: head.predicted, ...detectorScores(b, scores) };
  outputAll(b, 'oneShot', values, { features, layerLogNorms });
}

/** All outputs of a scoring pass, of one ε or of several. */
export function outputScoringPass(b: GraphBuilder, logits: Value, scores: ScoreValues): void {
  const { head, logNorm, layerLogNorms } = scores;
  const { predicted, maxLogit } = head;
  const values = { logits, predicted, maxLogit, ...detectorScores(b, scores), logNorm };
  outputAll(b, 'scoring', values, { layerLogNorms });
}

function detectorScores(b: GraphBuilder, { head, logSG, logG }: ScoreValues) {
  const logOdds = b.inSingle(() => negate(b, head.lambda));
  return { logOdds, logS: head.logS, logSG, logG };
}
