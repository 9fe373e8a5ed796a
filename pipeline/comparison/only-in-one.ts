import { shownName } from '../tables/table.js';
import type { FoundOnlyIn } from './compare-runs.js';
import type { RunLabels } from './comparison-table.js';

/** What one of two runs alone has results of, a line for each model and all its sets of which the same is true. */
export function onlyInOne(only: readonly FoundOnlyIn[], labels: RunLabels): readonly string[] {
  const bySet = new Map<string, { readonly of: FoundOnlyIn; readonly detectors: string[] }>();
  for (const one of only) {
    const key = JSON.stringify([one.run, one.model, one.outlier]);
    const known = bySet.get(key) ?? { of: one, detectors: [] };
    known.detectors.push(one.detector ?? 'all detectors');
    bySet.set(key, known);
  }
  const lines = new Map<
    string,
    { readonly of: FoundOnlyIn; readonly what: string; readonly sets: string[] }
  >();
  for (const { of, detectors } of bySet.values()) {
    const what = detectors.join(', ');
    const key = JSON.stringify([of.run, of.model, what]);
    const known = lines.get(key) ?? { of, what, sets: [] };
    known.sets.push(shownName(of.outlier));
    lines.set(key, known);
  }
  return [...lines.values()].map(
    ({ of, what, sets }) => `${labels[of.run]}: ${shownName(of.model)} on ${sets.join(', ')}: ${what}`,
  );
}
