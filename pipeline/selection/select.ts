import { type Cell, cellKey } from '../../stages/cells.js';
import type { Detector } from '../../stages/detectors/detector.js';
import { detectorValues } from '../../stages/detectors/detector-values.js';
import { distinctCells, type Grid } from '../../stages/detectors/search.js';
import { NoUsableImageError, RunFailedError } from '../../stages/errors.js';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { requireScores } from '../../stages/metrics/ranking.js';
import { type SortedScores, sortScores } from '../../stages/metrics/sorted-scores.js';
import type { ScoreColumns, SplitScores } from '../../stages/metrics/split-scores.js';
import type { SelectionRow } from './selection-rows.js';
import type { DetectorSurface } from './surface.js';

/** The in-domain validation split of one model, and what to choose for. */
export interface SearchInput {
  readonly model: string;
  readonly inDomain: SplitScores;
  readonly detectors: readonly Detector[];
  readonly grid: Grid;
}

/** The validation splits of one model. */
export interface SelectionInput extends SearchInput {
  readonly outliers: readonly SplitScores[];
}

/** What was chosen for one outlier set, and the ROC-AUCs that it was chosen by. */
export interface Choice {
  /** Ordered by detector, ablation, as given. */
  readonly rows: readonly SelectionRow[];
  /** One a detector, as given. */
  readonly surfaces: readonly DetectorSurface[];
}

/** Chooses cells for one outlier set after another; keeps of the in-domain split no more than it needs. */
export interface CellSearch {
  /**
   * @throws RunFailedError when the set has no usable validation image
   * @throws MetricError when a score is missing or not finite
   */
  choose(outlier: SplitScores): Choice;
}

/**
 * Chooses, for each outlier set, detector and ablation, the cell with the largest ROC-AUC on the validation split
 * of in-domain + outlier (section 3.1); ties go to the smallest ε, then the smallest T.
 * @returns rows ordered by outlier set, detector, ablation, as given
 * @throws RunFailedError when a set has no usable validation image
 * @throws MetricError when a score is missing or not finite
 */
export function select({ outliers, ...input }: SelectionInput): SelectionRow[] {
  const search = prepareSearch(input);
  return outliers.flatMap((outlier) => search.choose(outlier).rows);
}

/** Sorts the in-domain scores of every cell once, for any number of outlier sets; throws as `choose` does. */
export function prepareSearch(input: SearchInput): CellSearch {
  const { model, detectors, grid } = input;
  const prepared = prepareReferences(input);
  return {
    choose(outlier) {
      requireImages(outlier, model);
      const aurocs = new Map(detectors.map((detector) => [detector.name, new Map<string, number>()]));
      for (const { cell, references } of prepared) {
        const columns = outlier.at(cell);
        for (const reference of references) {
          const values = finiteValues(reference.detector, cell, model, outlier.set, columns);
          aurocs.get(reference.detector.name)?.set(cellKey(cell), aurocAgainst(reference.inDomain, values));
        }
      }
      const aurocOf = ({ name }: Detector, cell: Cell): number => aurocs.get(name)?.get(cellKey(cell)) ?? NaN;
      const rows = detectors.flatMap((detector) =>
        detector.ablations.map((ablation) => ({
          model,
          outlier: outlier.set,
          detector: detector.name,
          ablation,
          ...best(detector.cells(ablation, grid), (cell) => aurocOf(detector, cell)),
        })),
      );
      const surfaces = detectors.map((detector): DetectorSurface => {
        const cells = allCells(detector, grid);
        return {
          detector: detector.name,
          cells,
          aurocs: Float64Array.from(cells, (cell) => aurocOf(detector, cell)),
        };
      });
      return { rows, surfaces };
    },
  };
}

/** What a detector's outlier values at one cell are compared with. */
interface Reference {
  readonly detector: Detector;
  readonly inDomain: SortedScores;
}

/** By cell first, as a split may have to gather a cell's columns when asked for them. */
function prepareReferences({ model, inDomain, detectors, grid }: SearchInput) {
  requireImages(inDomain, model);
  const searched = detectors.map((detector) => ({ detector, cells: allCells(detector, grid) }));
  return distinctCells(searched.flatMap(({ cells }) => cells)).map((cell) => {
    const columns = inDomain.at(cell);
    const references = searched
      .filter(({ cells }) => cells.some((searchedCell) => cellKey(searchedCell) === cellKey(cell)))
      .map(({ detector }): Reference => {
        const values = finiteValues(detector, cell, model, inDomain.set, columns);
        return { detector, inDomain: sortScores(values) };
      });
    return { cell, references };
  });
}

function requireImages(split: SplitScores, model: string): void {
  if (split.size > 0) return;
  throw new NoUsableImageError(
    `no validation image of "${split.set}" could be scored by ${model} (${split.failed} failed), ` +
      'so that nothing can be chosen on it: see errors.arrow; fix the images or leave the set out',
  );
}

function allCells(detector: Detector, grid: Grid): readonly Cell[] {
  return distinctCells(detector.ablations.flatMap((ablation) => detector.cells(ablation, grid)));
}

function finiteValues(
  detector: Detector,
  cell: Cell,
  model: string,
  set: string,
  columns: ScoreColumns,
): Float64Array {
  const values = detectorValues(detector, columns, cell);
  const what = `${detector.name} of ${model} at ε=${cell.epsilon}, T=${cell.temperature} on validation`;
  requireScores(values, what, set);
  return values;
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
