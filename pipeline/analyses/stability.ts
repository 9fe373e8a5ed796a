import { cellKey } from '../../stages/cells.js';
import { bestOnAverage } from '../../stages/detectors/best-on-average.js';
import type { Detector } from '../../stages/detectors/detector.js';
import { number, oneWordOf, orNull, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import { selectionPools } from '../experiment/sets.js';
import { chosenCellColumns, type SelectionRow } from '../selection/selection-rows.js';
import { type DetectorSurface, type PoolSurfaces, surfacesOn } from '../selection/surface.js';
import type { Analysis, AnalysisInput } from './analysis.js';
import { scoredAuroc } from './scored-auroc.js';
import { stabilityTable } from './stability-table.js';

/**
 * What a cell was chosen by: ROC-AUC on the set's own validation rows, its mean over the other sets, or its mean over all. Sets
 * that are chosen on the same rows count once in a mean.
 */
export const choices = ['own-set', 'other-sets', 'all-sets'] as const;

/** Rows of `stability.arrow`. */
export const stabilityRows = rowType({
  file: 'stability.arrow',
  version: 1,
  columns: {
    ...chosenCellColumns,
    /** What the cell was chosen by. */
    choice: oneWordOf(choices),
    /** How many pools of validation rows the mean is over that is largest at the cell, and the mean. */
    pools: whole,
    meanAuroc: number,
    /** ROC-AUC on the set's own validation rows at the cell. */
    validationAuroc: number,
    /** What it lacks there to the cell that was chosen on them. */
    lost: number,
    /** ROC-AUC on test rows; null where the run has no scores of them at the cell. */
    testAuroc: orNull(number),
  },
});

/** One detector's cell for one outlier set by one kind of choice: a row of `stability.arrow`. */
export type StabilityRow = RowIn<typeof stabilityRows>;

/** What is lost where ε and T are not chosen for each outlier set: how stable the best setting is (section 5). */
export const stability: Analysis<StabilityRow> = {
  name: 'stability',
  rows: stabilityRows,
  isAsked: (experiment) => distinctPools(experiment).length > 1,
  reduce: async (input) => {
    const { analysed, selection } = input;
    if (analysed.set.role !== 'outlier') return [];
    return selection
      .filter(({ outlier }) => outlier === analysed.set.name)
      .flatMap((own) => rowsOf(input, own));
  },
  tables: stabilityTable,
};

/** The pools of validation rows that cells are chosen on, each once. */
function distinctPools(experiment: PlannedExperiment): readonly (readonly string[])[] {
  const pools = selectionPools(experiment).outliers.values();
  return [...new Map(Array.from(pools, (pool) => [pool.join('\0'), pool])).values()];
}

/** The rows of one detector and ablation, none where there is but one cell to choose. */
function rowsOf(input: AnalysisInput, own: SelectionRow): readonly StabilityRow[] {
  const { experiment, subject, surfaces } = input;
  const detector = subject.detectors.find(({ name }) => name === own.detector);
  const pool = selectionPools(experiment).outliers.get(own.outlier);
  if (detector === undefined || pool === undefined)
    throw new RangeError(`${subject.name} has no ${own.detector} on ${own.outlier}`);
  const searched = new Set(detector.cells(own.ablation, experiment.grid).map(cellKey));
  if (searched.size < 2) return [];
  const restricted = (of: PoolSurfaces): DetectorSurface => within(surfaceOf(of, detector), searched);
  const others = surfaces.filter((one) => !one.pool.some((name) => pool.includes(name)));
  const onOwn = restricted(surfacesOn(surfaces, pool));
  const row = (choice: StabilityRow['choice'], averaged: readonly PoolSurfaces[]): StabilityRow => {
    const { place, mean } = bestOnAverage(averaged.map((one) => restricted(one).aurocs));
    const { epsilon, temperature } = onOwn.cells[place] ?? own;
    const validationAuroc = onOwn.aurocs[place] ?? Number.NaN;
    return {
      ...own,
      epsilon,
      temperature,
      choice,
      pools: averaged.length,
      meanAuroc: mean,
      validationAuroc,
      lost: own.validationAuroc - validationAuroc,
      testAuroc: scoredAuroc(input, detector, { epsilon, temperature }),
    };
  };
  return [
    row('own-set', [surfacesOn(surfaces, pool)]),
    // Pools that overlap leave nothing out.
    ...(others.length === 0 ? [] : [row('other-sets', others)]),
    row('all-sets', surfaces),
  ];
}

function surfaceOf({ detectors }: PoolSurfaces, { name }: Detector): DetectorSurface {
  const found = detectors.find(({ detector }) => detector === name);
  if (found === undefined) throw new RangeError(`${name} was not searched`);
  return found;
}

/** A surface at some of its cells. */
function within({ detector, cells, aurocs }: DetectorSurface, kept: ReadonlySet<string>): DetectorSurface {
  const isKept = cells.map((cell) => kept.has(cellKey(cell)));
  return { detector, cells: cells.filter((_, i) => isKept[i]), aurocs: aurocs.filter((_, i) => isKept[i]) };
}
