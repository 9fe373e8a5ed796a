import PQueue from 'p-queue';
import { logG, logS } from '../stages/scores.js';
import { logSGFromNorm, summarizeLogits } from '../stages/scoring/log-odds.js';
import { type Engine, type EngineSession, type HostTensor, outputNamed, readAll } from './engines/engine.js';
import { HeldTensors } from './engines/held-tensors.js';
import type { Preprocess } from './images/preprocess.js';
import type { ImageShape, ImageSource } from './images/source.js';
import { loadBatch } from './load-batch.js';

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
  readonly engine: Engine;
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
  const rows = paths.map((path) => ({ path }));
  const queue = new PQueue({ concurrency: batchSize });
  const { image, failures } = await loadBatch(rows, batchSize, { input, preprocess }, source, queue);
  const { perturbed, scored } = await runBoth(sessions, image, point);
  const [clean, logits, norms] = [
    floats(perturbed, 'logits'),
    floats(scored, 'logits'),
    floats(scored, 'log_norm'),
  ];
  const classes = logits.length / batchSize;
  return paths.map((path, slot) => {
    const error = failures.get(slot);
    if (error !== undefined) return { path, error };
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

/** The outputs of the perturbation pass but the direction, and those of the scoring pass. */
async function runBoth(
  { engine, perturbation, scoring }: ScoringSessions,
  batch: HostTensor,
  point: ScoringPoint,
): Promise<Record<'perturbed' | 'scored', Readonly<Record<string, HostTensor>>>> {
  const held = new HeldTensors();
  try {
    const image = held.put('image', await engine.upload(batch));
    const temperature = held.put('temperature', await engine.upload(vector([point.temperature])));
    const { direction: found, ...others } = await perturbation.run({ image, temperature });
    const direction = held.put('direction', outputNamed({ found }, 'found'));
    const epsilon = held.put('epsilon', await engine.upload(vector(point.steps)));
    return {
      perturbed: await readAll(others),
      scored: await readAll(await scoring.run({ image, direction, epsilon, temperature })),
    };
  } finally {
    held.dispose();
  }
}

function vector(values: readonly number[]): HostTensor {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) };
}

function floats(outputs: Readonly<Record<string, HostTensor>>, name: string): Float32Array {
  const { data } = outputNamed(outputs, name);
  if (!(data instanceof Float32Array))
    throw new TypeError(`output ${name} of the compiled graph is not float32`);
  return data;
}
