import { type Cell, cellKey } from '../../stages/cells.js';
import type { Detector } from '../../stages/detectors/detector.js';
import { distinctCells, type Grid } from '../../stages/detectors/search.js';
import { detectorValues } from '../../stages/detectors/values.js';
import { aurocOfSorted } from '../../stages/metrics/auroc.js';
import { requireScores } from '../../stages/metrics/ranking.js';
import type { SelectionRow, SplitScores } from '../../stages/metrics/rows.js';
import { RunFailedError } from '../errors.js';

/** The validation split of one model. */
export interface SelectionInput {
  readonly model: string;
  readonly inDomain: SplitScores;
  readonly outliers: readonly SplitScores[];
  readonly detectors: readonly Detector[];
  readonly grid: Grid;
}

/**
 * Chooses, for each outlier set, detector and ablation, the cell with the largest ROC-AUC on the validation split
 * of in-domain + outlier (section 3.1); ties go to the smallest ε, then the smallest T.
 * @returns rows ordered by outlier set, detector, ablation, as given
 * @throws RunFailedError when a set has no usable validation image
 * @throws MetricError when a score is missing or not finite
 */
export function select({ model, inDomain, outliers, detectors, grid }: SelectionInput): SelectionRow[] {
  for (const split of [inDomain, ...outliers]) {
    if (split.size === 0) {
      throw new RunFailedError(
        `no validation image of "${split.set}" could be scored by ${model} (${split.failed} failed), ` +
          'so that nothing can be chosen on it: see the error rows, mend the images or leave the set out',
      );
    }
  }
  const curves = detectors.map((detector) => ({
    detector,
    // Per cell, as an in-domain column is sorted once for all outlier sets.
    aurocs: new Map(
      allCells(detector, grid).map((cell) => [
        cellKey(cell),
        aurocsAt(detector, cell, model, inDomain, outliers),
      ]),
    ),
  }));
  return outliers.flatMap((outlier, index) =>
    curves.flatMap(({ detector, aurocs }) =>
      detector.ablations.map((ablation) => ({
        model,
        outlier: outlier.set,
        detector: detector.name,
        ablation,
        ...best(detector.cells(ablation, grid), (cell) => aurocs.get(cellKey(cell))?.[index] ?? NaN),
      })),
    ),
  );
}

function allCells(detector: Detector, grid: Grid): readonly Cell[] {
  return distinctCells(detector.ablations.flatMap((ablation) => detector.cells(ablation, grid)));
}

/** One ROC-AUC per outlier set. */
function aurocsAt(
  detector: Detector,
  cell: Cell,
  model: string,
  inDomain: SplitScores,
  outliers: readonly SplitScores[],
): readonly number[] {
  const sorted = (split: SplitScores): Float64Array => {
    const values = detectorValues(detector, split.at(cell), cell);
    const what = `${detector.name} of ${model} at ε=${cell.epsilon}, T=${cell.temperature} on validation`;
    requireScores(values, what, split.set);
    return values.sort();
  };
  const reference = sorted(inDomain);
  return outliers.map((outlier) => aurocOfSorted(reference, sorted(outlier)));
}

/** The first of the best cells; they come in the order in which ties are broken. */
function best(
  cells: readonly Cell[],
  auroc: (cell: Cell) => number,
): { epsilon: number; temperature: number; validationAuroc: number } {
  const [first, ...rest] = cells;
  if (first === undefined)
    throw new RunFailedError('the grid has no cell: give it an epsilon and a temperature');
  let chosen = { ...first, validationAuroc: auroc(first) };
  for (const cell of rest) {
    const validationAuroc = auroc(cell);
    if (validationAuroc > chosen.validationAuroc) chosen = { ...cell, validationAuroc };
  }
  return chosen;
}
