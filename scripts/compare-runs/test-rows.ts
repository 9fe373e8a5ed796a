import type { MetricRow } from '../../pipeline/reduction/result-rows.js';
import { estimateAndDeviation } from '../../pipeline/tables/figure-text.js';
import type { Ablation, Cell } from '../../stages/cells.js';
import { detectorValues } from '../../stages/detectors/detector-values.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { isSameReading } from '../../stages/detectors/logit-readings.js';
import { evaluate } from '../../stages/metrics/curve.js';
import { type ByMetric, type MetricName, metricNames } from '../../stages/metrics/kinds/index.js';
import { rank } from '../../stages/metrics/ranking.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import { hasCell, type SplitPair } from './split-pair.js';

/** One metric of one row of the tables, at the cell that the reference chose. */
export interface TestRow extends Cell {
  readonly model: string;
  readonly outlier: string;
  readonly detector: string;
  readonly ablation: Ablation;
  readonly metric: MetricName;
  /** The reference's estimate and its σ. */
  readonly reference: number;
  readonly deviation: number;
  /** The other run's estimate at the same cell; null where it did not score test images there. */
  readonly other: number | null;
}

/**
 * The test metrics of both runs at the reference's cells, of one network and outlier set.
 * @param rows `metrics.arrow` of the reference; those of other pairs are passed over
 */
export function compareTest(
  inDomain: SplitPair,
  outlier: SplitPair,
  rows: readonly MetricRow[],
): readonly TestRow[] {
  const ours = rows.filter(({ model, outlier: set }) => model === outlier.model && set === outlier.set);
  const found = new Map<string, ByMetric<number> | null>();
  return ours
    .filter(({ metric }) => metricNames.includes(metric))
    .map((row) => {
      const { model, detector, ablation, epsilon, temperature, metric } = row;
      const key = `${detector} ${epsilon} ${temperature}`;
      let other = found.get(key);
      if (other === undefined) {
        other = metricsOfOther(detector, { epsilon, temperature }, inDomain, outlier);
        found.set(key, other);
      }
      return {
        model,
        outlier: row.outlier,
        detector,
        ablation,
        epsilon,
        temperature,
        metric,
        reference: row.value,
        deviation: row.deviation,
        other: other?.[metric] ?? null,
      };
    });
}

/** How far a row's estimates differ; null where the other run lacks it. */
export function differenceOf({ reference, other }: TestRow): number | null {
  return other === null ? null : Math.abs(reference - other);
}

/** Whether a row's estimate reads otherwise in the tables, which have three decimals. */
export function readsOtherwise({ reference, other, deviation }: TestRow): boolean {
  return (
    other !== null && estimateAndDeviation(reference, deviation) !== estimateAndDeviation(other, deviation)
  );
}

function metricsOfOther(
  name: string,
  cell: Cell,
  inDomain: SplitPair,
  outlier: SplitPair,
): ByMetric<number> | null {
  const detector = detectorNamed(name);
  const isThere = [inDomain, outlier].every(({ passes, ofLogits }) =>
    detector.ofLogits === undefined
      ? hasCell(passes, cell, detector.needsGradient)
      : ofLogits.some((reading) => isSameReading(reading, { detector: name, ...cell })),
  );
  if (!isThere) return null;
  const values = (split: SplitScores) => detectorValues(detector, split.at(cell), cell);
  const what = `${name} of ${outlier.model} at ε=${cell.epsilon}, T=${cell.temperature} on ${outlier.set}`;
  return evaluate(rank(values(inDomain.other), values(outlier.other), what));
}
