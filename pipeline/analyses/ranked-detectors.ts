import { detectorValues } from '../../stages/detectors/detector-values.js';
import { type Ranking, rank } from '../../stages/metrics/ranking.js';
import { mainAblation } from '../reduction/results.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { AnalysisInput } from './analysis.js';

/** How a detector ranks the test images of the in-domain set and an outlier set, at the cell that was chosen for it. */
export interface RankedDetector {
  readonly row: SelectionRow;
  readonly ranking: Ranking;
}

/**
 * The rankings of a subject's detectors as they are, their ablations left out.
 * @returns none of a set that is no outlier set
 * @throws MetricError where a score is missing or not finite
 */
export function rankedDetectors(input: AnalysisInput): readonly RankedDetector[] {
  const { subject, selection, inDomain, analysed } = input;
  const { name: outlier, role } = analysed.set;
  if (role !== 'outlier') return [];
  return selection
    .filter((row) => row.outlier === outlier && row.ablation === mainAblation(row.detector))
    .map((row) => {
      const detector = subject.detectors.find(({ name }) => name === row.detector);
      if (detector === undefined) throw new RangeError(`${subject.name} has no detector ${row.detector}`);
      const cell = { epsilon: row.epsilon, temperature: row.temperature };
      const [known, unknown] = [inDomain.test, analysed.test].map((split) =>
        detectorValues(detector, split.at(cell), cell),
      );
      const what = `${row.detector} of ${subject.name} on ${outlier}`;
      return { row, ranking: rank(known ?? new Float64Array(), unknown ?? new Float64Array(), what) };
    });
}
