import PQueue from 'p-queue';
import type { Cell } from '../stages/cells.js';
import type { Detector } from '../stages/detectors/detector.js';
import { logSGFromNorm, summarizeLogits } from '../stages/scoring/log-odds.js';
import { BatchMemory } from './batch-memory.js';
import { runPasses } from './cell-passes.js';
import type { ImageSource } from './images/source.js';
import { loadBatch } from './load-batch.js';
import type { ModelPasses } from './passes/model-passes.js';
import type { FailedImage } from './score-images.js';
import type { ModelTask } from './task.js';

/** A detector at its cell, with its threshold. */
export interface Judge {
  readonly detector: Detector;
  readonly cell: Cell;
  /** δ */
  readonly threshold: number;
}

/** The verdict on one image. */
export interface JudgedImage {
  readonly path: string;
  /** ĉ of the image as it is. */
  readonly predicted: number;
  /** The detector's value as it ranks, larger = more out-of-domain. */
  readonly score: number;
  /** Whether the score is larger than δ. */
  readonly isOutOfDomain: boolean;
}

/** What images are judged with. */
export interface JudgingModel {
  readonly passes: ModelPasses;
  readonly task: Pick<ModelTask, 'preprocess' | 'input' | 'epsilonScale'>;
  readonly batchSize: number;
}

/**
 * Judges a few images, at most one batch, by the very passes by which a run scores them: the scores are those of the run, bit
 * by bit, on the same engine.
 */
export async function judgeImages(
  { passes, task, batchSize }: JudgingModel,
  source: ImageSource,
  paths: readonly string[],
  { detector, cell, threshold }: Judge,
): Promise<(JudgedImage | FailedImage)[]> {
  const { epsilon, temperature } = cell;
  const queue = new PQueue({ concurrency: batchSize });
  const rows = paths.map((path) => ({ path }));
  const { image, failures } = await loadBatch(rows, batchSize, task, {
    source,
    queue,
    memory: new BatchMemory(),
  });
  const scores = new Float64Array(paths.length).fill(Number.NaN);
  const predicted = new Int32Array(paths.length).fill(-1);
  const { needsGradient } = detector;
  const asked = {
    model: task,
    cells: needsGradient ? [cell] : [],
    forwardCells: !needsGradient && epsilon > 0 ? [cell] : [],
    // Last, and always: the class is that of the image as it is.
    forwardTemperatures: [temperature],
  };
  const last = asked.cells.length + asked.forwardCells.length;
  for await (const pass of runPasses(asked, image, passes)) {
    if (pass === null) continue;
    const { logits, classes, logNorm } = pass;
    for (let slot = 0; slot < paths.length; slot += 1) {
      const summary = summarizeLogits(logits, slot * classes, classes, temperature);
      if (pass.cell === last) predicted[slot] = summary.predicted;
      if (pass.cell !== 0) continue;
      const row = logits.subarray(slot * classes, (slot + 1) * classes);
      scores[slot] = detector.value({
        ...cell,
        ...summary,
        logSG:
          logNorm === null ? null : logSGFromNorm(summary.logOdds, temperature, logNorm[slot] ?? Number.NaN),
        ofLogits: detector.ofLogits?.(row, temperature) ?? null,
      });
    }
  }
  return paths.map((path, slot) => {
    const error = failures.get(slot);
    if (error !== undefined) return { path, error };
    const score = scores[slot] ?? Number.NaN;
    if (!Number.isFinite(score))
      return {
        path,
        error: `${path}: its score is not finite; the image or the network holds values out of range`,
      };
    return { path, predicted: predicted[slot] ?? -1, score, isOutOfDomain: score > threshold };
  });
}
