import { type Cell, cellKey } from '../../stages/cells.js';
import type { Detector } from '../../stages/detectors/detector.js';
import { detectorValues } from '../../stages/detectors/detector-values.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { NoUsableImageError, RunFailedError } from '../../stages/errors.js';
import { type Resamplings, resamplesNeeded, summarise } from '../../stages/metrics/bootstrap.js';
import { clustersOf } from '../../stages/metrics/clusters.js';
import { photographKeys } from '../../stages/metrics/draw-photographs.js';
import { streamKey } from '../../stages/metrics/draw-resample.js';
import { auroc } from '../../stages/metrics/kinds/auroc.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import { type Ranking, rank } from '../../stages/metrics/ranking.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import { aurocIntervals, noAurocIntervals } from './auroc-intervals.js';
import type { Resampler } from './resampler.js';
import type { AccuracyRow, MetricRow } from './result-rows.js';

/** The test splits of one model against one outlier set. */
export interface PairInput {
  readonly model: string;
  readonly inDomain: SplitScores;
  readonly outlier: SplitScores;
  /** Rows of other models and outlier sets are passed over. */
  readonly selection: readonly SelectionRow[];
  readonly seed: number;
  readonly resamplings: Resamplings;
  readonly resampler: Resampler;
  /** Those that the selection names, where there are others than all detectors, as measures of ensembles. */
  readonly detectors?: readonly Detector[];
}

/** @throws NoUsableImageError when a set has no usable test image */
export function requireTestImages({ set, size, failed }: SplitScores, model: string): void {
  if (size > 0) return;
  throw new NoUsableImageError(
    `no test image of "${set}" could be scored by ${model} (${failed} failed): see errors.arrow; fix the images or leave the set out`,
  );
}

/**
 * The test metrics of every selected detector and ablation of one model and outlier set, with μ ± σ (section 3) and 95 %
 * intervals. A resample is drawn once and serves them all; ablations that chose the same cell are
 * computed once.
 * @returns a row a metric for each selection row, in its order
 * @throws RunFailedError when nothing was selected for the pair, or a set has no usable test image
 * @throws MetricError when a score is missing or not finite
 */
export async function reducePair(input: PairInput): Promise<MetricRow[]> {
  const { model, inDomain, outlier, seed, resamplings, detectors = [] } = input;
  const selected = input.selection.filter((row) => row.model === model && row.outlier === outlier.set);
  if (selected.length === 0) {
    throw new RunFailedError(
      `no cell is chosen for model "${model}" and outlier set "${outlier.set}"; choose cells before reducing`,
    );
  }
  for (const split of [inDomain, outlier]) requireTestImages(split, model);
  const detectorOf = (name: string): Detector =>
    detectors.find((one) => one.name === name) ?? detectorNamed(name);
  const rankings = new Map<string, Ranking>();
  for (const row of selected) {
    if (!rankings.has(keyOf(row)))
      rankings.set(keyOf(row), rankingOf(row, detectorOf(row.detector), inDomain, outlier));
  }
  const key = streamKey({ seed, model, outlier: outlier.set });
  const ranked = [...rankings.values()];
  const clusters = clustersOf(inDomain, outlier);
  const needed = resamplesNeeded(resamplings);
  const samples = await input.resampler.resample(
    ranked,
    key,
    clusters === null ? needed : resamplings.deviation,
  );
  // μ ± σ stay the paper's, row by row; an interval of rows that share photographs would be too wide, or too narrow.
  const behindIntervals =
    clusters === null
      ? samples
      : await input.resampler.resample(
          ranked,
          photographKeys({ seed, inDomain: inDomain.set }, [inDomain, outlier]),
          resamplings.interval,
        );
  const summaries = summarise(ranked, samples, resamplings, behindIntervals);
  const intervals = ranked.map((ranking, nth) =>
    aurocIntervals(ranking, clusters, behindIntervals[nth], resamplings.interval),
  );
  const byKey = new Map(
    Array.from(rankings.keys(), (name, nth) => [name, { summary: summaries[nth], ofAuroc: intervals[nth] }]),
  );
  const photographs = clusters?.count ?? inDomain.size + outlier.size;
  return selected.flatMap((row) => {
    const { summary, ofAuroc = noAurocIntervals } = byKey.get(keyOf(row)) ?? {};
    if (summary === undefined) return [];
    const { validationAuroc: _, ...chosen } = row;
    return metricNames.map((metric) => ({
      ...chosen,
      metric,
      ...summary[metric],
      inDomainImages: inDomain.size,
      outlierImages: outlier.size,
      photographs,
      ...(metric === auroc.name ? ofAuroc : noAurocIntervals),
    }));
  });
}

/** What accuracy is computed from: one model, one set, both splits. */
export interface AccuracyInput {
  readonly model: string;
  readonly role: AccuracyRow['role'];
  readonly validation: SplitScores;
  readonly test: SplitScores;
}

/** The accuracy on the labelled test images at ε = 0, T = 1 (table 3), and what was left out of the set. */
export function reduceAccuracy({ model, role, validation, test }: AccuracyInput): AccuracyRow {
  const { ownClasses = null } = test;
  let labelled = 0;
  let correct = 0;
  let correctAmongOwn = 0;
  // Not asked for when there is no usable image: nothing may have been computed then.
  const { predicted, predictedAmongOwn } =
    test.size === 0
      ? { predicted: new Int32Array(), predictedAmongOwn: null }
      : test.at({ epsilon: 0, temperature: 1 });
  for (const [image, label] of test.labels.entries()) {
    if (label < 0) continue;
    labelled++;
    if (predicted[image] === label) correct++;
    if (predictedAmongOwn?.[image] === label) correctAmongOwn++;
  }
  return {
    model,
    set: test.set,
    role,
    accuracy: labelled === 0 ? null : correct / labelled,
    accuracyAmongOwn: labelled === 0 || ownClasses === null ? null : correctAmongOwn / labelled,
    ownClasses,
    labelled,
    images: test.size,
    failed: test.failed,
    validationFailed: validation.failed,
  };
}

function rankingOf(
  row: SelectionRow,
  detector: Detector,
  inDomain: SplitScores,
  outlier: SplitScores,
): Ranking {
  const cell: Cell = { epsilon: row.epsilon, temperature: row.temperature };
  const values = (split: SplitScores) => detectorValues(detector, split.at(cell), cell);
  const what = `${row.detector} of ${row.model} at ε=${row.epsilon}, T=${row.temperature} on ${outlier.set}`;
  return rank(values(inDomain), values(outlier), what);
}

function keyOf(row: SelectionRow): string {
  return `${row.detector} ${cellKey(row)}`;
}
