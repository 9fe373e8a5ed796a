import { type Ranking, rank } from '../../stages/metrics/ranking.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import { mainAblation } from '../reduction/results.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { AnalysisInput } from './analysis.js';
import { chosenForSet, chosenScores } from './chosen-scores.js';

/** How a detector ranks the test images of the in-domain set and an outlier set, at the cell that was chosen for it. */
export interface RankedDetector {
  readonly row: SelectionRow;
  readonly ranking: Ranking;
}

/**
 * The rankings of a subject's detectors as they are, their ablations left out.
 * @param known the images that count as in-domain; null for none
 * @returns none of a set that is no outlier set
 * @throws MetricError where a score is missing or not finite
 */
export function rankedDetectors(
  { subject, selection, inDomain, analysed }: AnalysisInput,
  known: SplitScores | null = inDomain.test,
): readonly RankedDetector[] {
  const { name: outlier, role } = analysed.set;
  if (role !== 'outlier' || known === null) return [];
  return chosenForSet(selection, outlier, mainAblation).map((row) => {
    const scoresOf = (test: SplitScores) => chosenScores(subject, row, test);
    const what = `${row.detector} of ${subject.name} on ${outlier}`;
    return { row, ranking: rank(scoresOf(known), scoresOf(analysed.test), what) };
  });
}
