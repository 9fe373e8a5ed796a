import { isFitted } from '../../pipeline/selection/fitted.js';
import type { SelectionRow } from '../../pipeline/selection/selection-rows.js';
import { type Ablation, type Cell, cellKey } from '../../stages/cells.js';
import { detectorValues } from '../../stages/detectors/detector-values.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { distinctCells, type Grid } from '../../stages/detectors/search.js';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { sortScores } from '../../stages/metrics/sorted-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { SplitPair } from './split-pair.js';

/** What two runs chose for one row of the tables. */
export interface Choice {
  readonly model: string;
  readonly outlier: string;
  readonly detector: string;
  readonly ablation: Ablation;
  readonly reference: Cell;
  readonly other: Cell;
  /** The reference's own ROC-AUC on validation at both cells. */
  readonly referenceAuroc: number;
  readonly aurocAtOther: number;
}

/**
 * How far the two runs' ROC-AUC on validation differs, over all cells of the grid, for one network, outlier set and
 * detector.
 */
export interface ValidationDifference {
  readonly model: string;
  readonly outlier: string;
  readonly detector: string;
  readonly cells: number;
  readonly largest: number;
  /** The cell at which it is. */
  readonly at: Cell;
}

/** What the validation splits of one network and outlier set say. */
export interface ValidationComparison {
  readonly differences: readonly ValidationDifference[];
  readonly choices: readonly Choice[];
}

/** What two runs chose, and what it is chosen from. */
export interface ChosenInBoth {
  readonly detectors: readonly string[];
  readonly grid: Grid;
  readonly reference: readonly SelectionRow[];
  readonly other: readonly SelectionRow[];
}

/** Compares ROC-AUC on validation at every cell that any detector searches, and the cells that were chosen by it. */
export function compareValidation(
  inDomain: SplitPair,
  outlier: SplitPair,
  chosen: ChosenInBoth,
): ValidationComparison {
  const { model, set } = outlier;
  const differences: ValidationDifference[] = [];
  const choices: Choice[] = [];
  for (const name of chosen.detectors) {
    // Each run has a temperature of its own for it, and no other cell.
    if (isFitted(name)) continue;
    const detector = detectorNamed(name);
    const cells = distinctCells(
      detector.ablations.flatMap((ablation) => detector.cells(ablation, chosen.grid)),
    );
    const aurocs = new Map<string, number>();
    let largest = { largest: 0, at: cells[0] ?? { epsilon: 0, temperature: 1 } };
    for (const cell of cells) {
      const auroc = (run: 'reference' | 'other'): number => aurocAt(name, cell, inDomain[run], outlier[run]);
      const reference = auroc('reference');
      aurocs.set(cellKey(cell), reference);
      const difference = Math.abs(reference - auroc('other'));
      if (difference > largest.largest) largest = { largest: difference, at: cell };
    }
    differences.push({ model, outlier: set, detector: name, cells: cells.length, ...largest });
    const isOurs = (row: SelectionRow): boolean =>
      row.model === model && row.outlier === set && row.detector === name;
    for (const row of chosen.reference.filter(isOurs)) {
      const other = chosen.other.find((one) => isOurs(one) && one.ablation === row.ablation);
      if (other === undefined) continue;
      choices.push({
        model,
        outlier: set,
        detector: name,
        ablation: row.ablation,
        reference: cellOf(row),
        other: cellOf(other),
        referenceAuroc: row.validationAuroc,
        aurocAtOther: aurocs.get(cellKey(cellOf(other))) ?? Number.NaN,
      });
    }
  }
  return { differences, choices };
}

/** Whether both runs chose the same cell. */
export function isSameChoice({ reference, other }: Choice): boolean {
  return cellKey(reference) === cellKey(other);
}

function aurocAt(detector: string, cell: Cell, inDomain: SplitScores, outlier: SplitScores): number {
  const values = (split: SplitScores) => detectorValues(detectorNamed(detector), split.at(cell), cell);
  return aurocAgainst(sortScores(values(inDomain)), values(outlier));
}

function cellOf({ epsilon, temperature }: Cell): Cell {
  return { epsilon, temperature };
}
