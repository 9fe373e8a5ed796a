import { logG, logS } from '../stages/scores.js';
import { logSGFromNorm, summarizeLogits } from '../stages/scoring/log-odds.js';
import type { EngineSession, HostTensor } from './engines/engine.js';
import type { Preprocess } from './images/preprocess.js';
import { ImageError, type ImageShape, type ImageSource } from './images/source.js';

/** The scores of one image by every detector, larger = more out-of-domain. */
export interface ScoredImage {
  readonly path: string;
  /** ĉ at the perturbed image. */
  readonly predicted: number;
  /** −max softmax at T = 1, ε = 0. */
  readonly msp: number;
  /** −max logit at ε = 0. */
  readonly ml: number;
  /** −S at (ε, T). */
  readonly odin: number;
  readonly logG: number;
  readonly logSG: number;
  /** −λ at (ε, T). */
  readonly logOdds: number;
}

/** An image that could not be scored. */
export interface FailedImage {
  readonly path: string;
  readonly error: string;
}

/** A model's graphs, compiled for `batchSize` images and opened. */
export interface ScoringSessions {
  readonly perturbation: EngineSession;
  readonly scoring: EngineSession;
  readonly batchSize: number;
  readonly input: ImageShape;
}

export interface ScoringPoint {
  readonly temperature: number;
  /** Step of each channel in the network's input space, [C]. */
  readonly steps: readonly number[];
}

/** Scores a few images, at most one batch; one that can't be read takes no part. */
export async function scoreImages(
  sessions: ScoringSessions,
  source: ImageSource,
  paths: readonly string[],
  preprocess: Preprocess,
  point: ScoringPoint,
): Promise<(ScoredImage | FailedImage)[]> {
  const { batchSize, input } = sessions;
  const size = input.channels * input.height * input.width;
  const pixels = new Float32Array(batchSize * size);
  const errors = await Promise.all(
    paths.map((path, slot) => load(source, path, preprocess, input, pixels, slot * size)),
  );
  const image: HostTensor = {
    type: 'float32',
    dims: [batchSize, input.channels, input.height, input.width],
    data: pixels,
  };
  const temperature = vector([point.temperature]);
  const perturbed = await sessions.perturbation.run({ image, temperature });
  const scored = await sessions.scoring.run({
    image,
    direction: named(perturbed, 'direction'),
    epsilon: vector(point.steps),
    temperature,
  });
  const [clean, logits, norms] = [
    floats(perturbed, 'logits'),
    floats(scored, 'logits'),
    floats(scored, 'log_norm'),
  ];
  const classes = logits.length / batchSize;
  return paths.map((path, slot) => {
    const error = errors[slot];
    if (error !== null && error !== undefined) return { path, error };
    const plain = summarizeLogits(clean, slot * classes, classes, 1);
    const { predicted, logOdds } = summarizeLogits(logits, slot * classes, classes, point.temperature);
    const logSG = logSGFromNorm(logOdds, point.temperature, norms[slot] ?? Number.NaN);
    const scores = {
      msp: -Math.exp(logS(plain.logOdds)),
      ml: -plain.maxLogit,
      odin: -Math.exp(logS(logOdds)),
      logG: logG(logSG, logOdds),
      logSG,
      logOdds,
    };
    if (Object.values(scores).every(Number.isFinite)) return { path, predicted, ...scores };
    return {
      path,
      error: `${path}: its scores are not finite; the image or the network holds values out of range`,
    };
  });
}

async function load(
  source: ImageSource,
  path: string,
  preprocess: Preprocess,
  shape: ImageShape,
  into: Float32Array,
  offset: number,
): Promise<string | null> {
  try {
    into.set(await source.read(path, preprocess, shape), offset);
    return null;
  } catch (error) {
    if (error instanceof ImageError) return error.message;
    throw error;
  }
}

function vector(values: readonly number[]): HostTensor {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) };
}

function named(outputs: Readonly<Record<string, HostTensor>>, name: string): HostTensor {
  const tensor = outputs[name];
  if (!tensor) throw new TypeError(`the compiled graph has no output ${name}`);
  return tensor;
}

function floats(outputs: Readonly<Record<string, HostTensor>>, name: string): Float32Array {
  const { data } = named(outputs, name);
  if (!(data instanceof Float32Array))
    throw new TypeError(`output ${name} of the compiled graph is not float32`);
  return data;
}
