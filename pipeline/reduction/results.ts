import type { Ablation } from '../../stages/cells.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { ensembleDetectors } from '../../stages/ensembles/detectors.js';
import type { Resamplings } from '../../stages/metrics/bootstrap.js';
import type { MetricName } from '../../stages/metrics/kinds/index.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { Published } from './published.js';
import type { AccuracyRow, MetricRow } from './result-rows.js';

/** What was reduced. Models, sets and detectors appear in the order of the rows. */
export interface ResultRows {
  readonly metrics: readonly MetricRow[];
  /** With covariate-shifted sets as in-domain too; empty where there are none. */
  readonly fullSpectrum: readonly MetricRow[];
  readonly accuracy: readonly AccuracyRow[];
  /** What was chosen on validation images. */
  readonly selection: readonly SelectionRow[];
  /** What the paired tests say of detectors; absent where none were made. */
  readonly comparisons?: readonly TestedDetector[];
  /** Likewise where the metrics are those of the full spectrum. */
  readonly fullSpectrumComparisons?: readonly TestedDetector[];
}

/** A detector that was compared with the best one of a model and an outlier set. */
interface TestedDetector extends ModelOutlierPair {
  readonly detector: string;
  readonly verdict: 'worse' | 'level' | 'untested';
}

/** All that the tables are made from. */
export interface Results extends ResultRows {
  /** Roles of the sets that are in-domain in the metrics; absent for the in-domain set alone. */
  readonly inDomainRoles?: readonly AccuracyRow['role'][];
  readonly seed: number;
  readonly resamplings: Resamplings;
  /** What the paper has in their place; absent where nothing is compared with it. */
  readonly published?: Published | undefined;
}

/** A model and an outlier set: a row of tables 5 to 7. */
export interface ModelOutlierPair {
  readonly model: string;
  readonly outlier: string;
}

/** Finds one metric row; undefined where it was not computed. */
export type FindMetric = (
  pair: ModelOutlierPair,
  detector: string,
  ablation: Ablation,
  metric: MetricName,
) => MetricRow | undefined;

/** The pairs that have metrics, in the order of their rows. */
export function pairsOf(metrics: readonly ModelOutlierPair[]): readonly ModelOutlierPair[] {
  const pairs = new Map(
    metrics.map(({ model, outlier }) => [JSON.stringify([model, outlier]), { model, outlier }]),
  );
  return [...pairs.values()];
}

/** The models, or ensembles, that have rows, in their order. */
export function modelNamesOf(rows: readonly { readonly model: string }[]): readonly string[] {
  return [...new Set(rows.map((row) => row.model))];
}

/** The detectors that have metrics, in the order of their rows. */
export function detectorNamesOf(metrics: readonly Pick<MetricRow, 'detector'>[]): readonly string[] {
  return [...new Set(metrics.map((row) => row.detector))];
}

/** Indexes metric rows once. */
export function metricFinder(metrics: readonly MetricRow[]): FindMetric {
  const index = new Map(
    metrics.map((row) => [
      JSON.stringify([row.model, row.outlier, row.detector, row.ablation, row.metric]),
      row,
    ]),
  );
  return ({ model, outlier }, detector, ablation, metric) =>
    index.get(JSON.stringify([model, outlier, detector, ablation, metric]));
}

/** The ablation that is the detector, or the measure of ensembles, itself: the last of its list. */
export function mainAblation(name: string): Ablation {
  const measure = ensembleDetectors.find((one) => one.name === name);
  return (measure ?? detectorNamed(name)).ablations.at(-1) ?? 'full';
}

/** Finds what the paired test says of a detector beside the best of a model and an outlier set; undefined where none was asked for. */
export type FindVerdict = (pair: ModelOutlierPair, detector: string) => TestedDetector['verdict'] | undefined;

/** Indexes comparisons once. */
export function verdictFinder({ comparisons = [] }: Pick<ResultRows, 'comparisons'>): FindVerdict {
  const keyOf = ({ model, outlier }: ModelOutlierPair, detector: string): string =>
    JSON.stringify([model, outlier, detector]);
  const verdicts = new Map(comparisons.map((row) => [keyOf(row, row.detector), row.verdict]));
  return (pair, detector) => verdicts.get(keyOf(pair, detector));
}
