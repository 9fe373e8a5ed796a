import { detectorValues } from '../../stages/detectors/detector-values.js';
import { requireScores } from '../../stages/metrics/ranking.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { Subject } from '../waves/subjects.js';

/**
 * A detector's values at the cell that was chosen for an outlier set, larger for what is taken for out-of-domain.
 * @returns one a usable image of the split, in its row order; not shared
 * @throws MetricError where one is missing or not finite
 */
export function chosenScores(
  subject: Subject,
  { detector: name, epsilon, temperature }: SelectionRow,
  split: SplitScores,
): Float64Array {
  const detector = subject.detectors.find((one) => one.name === name);
  if (detector === undefined) throw new RangeError(`${subject.name} has no detector ${name}`);
  const cell = { epsilon, temperature };
  const values = detectorValues(detector, split.at(cell), cell);
  requireScores(values, `${name} of ${subject.name} at ε=${epsilon}, T=${temperature}`, split.set);
  return values.slice();
}

/** The cells that were chosen for a set for the detectors themselves, without their ablations. */
export function chosenForSet(
  selection: readonly SelectionRow[],
  set: string,
  mainAblation: (detector: string) => SelectionRow['ablation'],
): readonly SelectionRow[] {
  return selection.filter(
    ({ outlier, detector, ablation }) => outlier === set && ablation === mainAblation(detector),
  );
}
