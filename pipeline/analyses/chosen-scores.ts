import { detectorValues } from '../../stages/detectors/detector-values.js';
import { requireScores } from '../../stages/metrics/ranking.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { Subject } from '../waves/subjects.js';

/** A detector's values at its chosen cell. @throws MetricError where one is missing or not finite */
export function chosenScores(
  subject: Subject,
  { detector: name, ...row }: Pick<SelectionRow, 'detector' | 'epsilon' | 'temperature'>,
  split: SplitScores,
): Float64Array {
  const detector = subject.detectors.find((one) => one.name === name);
  if (detector === undefined) throw new RangeError(`${subject.name} has no detector ${name}`);
  const cell = { epsilon: row.epsilon, temperature: row.temperature };
  const values = detectorValues(detector, split.at(cell), cell);
  requireScores(values, `${name} of ${subject.name} at ε=${cell.epsilon}, T=${cell.temperature}`, split.set);
  return values.slice();
}
