import { type Cell, cellKey } from '../../stages/cells.js';
import type { Detector } from '../../stages/detectors/detector.js';
import { detectorValues } from '../../stages/detectors/detector-values.js';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { requireScores } from '../../stages/metrics/ranking.js';
import { sortScores } from '../../stages/metrics/sorted-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import { chosenPasses } from '../selection/chosen.js';
import type { AnalysisInput } from './analysis.js';

/** ROC-AUC of a detector on test rows at any cell; null where an outlier set's choices did not ask for what it takes there. */
export function scoredAuroc(
  { experiment, selection, inDomain, analysed }: AnalysisInput,
  detector: Detector,
  cell: Cell,
): number | null {
  const rows = selection.filter(({ outlier }) => outlier === analysed.set.name);
  const { cells, forwardCells, forwardTemperatures } = chosenPasses(rows, experiment.grid);
  const isScored = cells.some((one) => cellKey(one) === cellKey(cell));
  const isForward =
    forwardCells.some((one) => cellKey(one) === cellKey(cell)) ||
    (cell.epsilon === 0 && forwardTemperatures.includes(cell.temperature));
  if (!isScored && (detector.needsGradient || !isForward)) return null;
  const valuesOf = (split: SplitScores): Float64Array => {
    const values = detectorValues(detector, split.at(cell), cell);
    requireScores(values, `${detector.name} at ε=${cell.epsilon}, T=${cell.temperature}`, split.set);
    return values;
  };
  return aurocAgainst(sortScores(valuesOf(inDomain.test)), valuesOf(analysed.test));
}
