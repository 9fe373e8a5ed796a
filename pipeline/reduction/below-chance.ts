import { auroc } from '../../stages/metrics/kinds/auroc.js';
import { shownName } from '../tables/table.js';
import type { MetricRow } from './result-rows.js';
import { mainAblation } from './results.js';

/**
 * Detectors with a ROC-AUC below 0.5 on every outlier set of a model: they take outliers for the more usual images, which is
 * what a score with the wrong sign looks like.
 * @returns a line each
 */
export function belowChance(metrics: readonly MetricRow[]): readonly string[] {
  const aurocs = new Map<string, { model: string; detector: string; values: number[] }>();
  for (const { model, detector, ablation, metric, value } of metrics) {
    if (metric !== auroc.name || ablation !== mainAblation(detector)) continue;
    const key = JSON.stringify([model, detector]);
    const known = aurocs.get(key) ?? { model, detector, values: [] };
    known.values.push(value);
    aurocs.set(key, known);
  }
  return [...aurocs.values()]
    .filter(({ values }) => values.every((value) => value < 0.5))
    .map(
      ({ model, detector, values }) =>
        `${detector} of ${shownName(model)} is below 0.5 on every outlier set (${values.length}): it ranks them the wrong way round, ` +
        'as a score with the wrong sign does.',
    );
}
