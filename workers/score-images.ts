import PQueue from 'p-queue';
import type { KeyOf, ShownDetector, ShownKey, UsualDetector } from '../stages/detectors/index.js';
import { type ScoreColumn, shownScores } from '../stages/detectors/shown-scores.js';
import { logSGFromNorm, summarizeLogits } from '../stages/scoring/log-odds.js';
import { BatchMemory } from './batch-memory.js';
import type { ImageShape, ImageSource } from './images/source.js';
import { loadBatch } from './load-batch.js';
import type { ModelPasses } from './passes/model-passes.js';
import type { BatchInput } from './task.js';

/** What is told of every image that was scored. */
export interface Prediction {
  /** As it was given. */
  readonly path: string;
  /** The class ĉ of the largest logit at the perturbed image, counted from 0. */
  readonly predicted: number;
  /** −λ, log-odds (natural) of the predicted class at (ε, T): large where the network is sure. */
  readonly logOdds: number;
}

/**
 * The scores of one image by some detectors, larger = more out-of-domain; `logG` and `logSG` are natural logarithms of G and SG.
 */
export type ScoredImage<Name extends ShownDetector = UsualDetector> = Prediction &
  Readonly<Record<KeyOf<Name>, number>>;

/** The same of detectors that are known only when they are named. */
export type ScoredByNamed = Prediction & Readonly<Partial<Record<ShownKey, number>>>;

/** An image that could not be scored. */
export interface FailedImage {
  /** As it was given. */
  readonly path: string;
  /** Why, in one line that names the file. */
  readonly error: string;
}

/** A model whose graphs were compiled for `batchSize` images. */
export interface ScoringModel {
  readonly passes: ModelPasses;
  readonly batchSize: number;
  readonly input: ImageShape;
}

export interface ScoringPoint {
  /** In pixel units ([0, 1] range). */
  readonly epsilon: number;
  readonly temperature: number;
  /** Step of each channel in the network's input space, [C]. */
  readonly steps: readonly number[];
  /** Whose scores are wanted. */
  readonly columns: readonly ScoreColumn[];
}

/** Scores a few images, at most one batch; one that can't be read takes no part. */
export async function scoreImages(
  { passes, batchSize, input }: ScoringModel,
  source: ImageSource,
  paths: readonly string[],
  { preprocess, corrupt }: Pick<BatchInput, 'preprocess' | 'corrupt'>,
  { epsilon, temperature, steps, columns }: ScoringPoint,
): Promise<(ScoredByNamed | FailedImage)[]> {
  const rows = paths.map((path) => ({ path }));
  const queue = new PQueue({ concurrency: batchSize });
  const { image, failures } = await loadBatch(
    rows,
    batchSize,
    { input, preprocess, corrupt },
    { source, queue, memory: new BatchMemory() },
  );
  const { clean, scored } = await passes.withBatch(image, async (batch) => {
    const { direction, ...clean } = await batch.perturbWithLogits(temperature);
    return { clean, scored: await batch.score(direction, steps, temperature) };
  });
  const { logits, classes, logNorm } = scored;
  return paths.map((path, slot) => {
    const error = failures.get(slot);
    if (error !== undefined) return { path, error };
    const plain = summarizeLogits(clean.logits, slot * classes, classes, 1);
    const perturbed = summarizeLogits(logits, slot * classes, classes, temperature);
    const { predicted, logOdds } = perturbed;
    const logSG = logSGFromNorm(logOdds, temperature, logNorm[slot] ?? Number.NaN);
    const scores = {
      ...shownScores(columns, {
        clean: { ...plain, epsilon: 0, temperature: 1, logSG: null },
        given: { ...perturbed, epsilon, temperature, logSG },
        logits: clean.logits.subarray(slot * classes, (slot + 1) * classes),
      }),
      logOdds,
    };
    if (Object.values(scores).every(Number.isFinite)) return { path, predicted, ...scores };
    return {
      path,
      error: `${path}: its scores are not finite; the image or the network holds values out of range`,
    };
  });
}
