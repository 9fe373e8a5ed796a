import { type Cell, cellKey } from '../../stages/cells.js';
import { bestOnAverage } from '../../stages/detectors/best-on-average.js';
import type { Detector } from '../../stages/detectors/detector.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import { selectionPools } from '../experiment/sets.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import { type DetectorSurface, type PoolSurfaces, surfacesOn } from '../selection/surface.js';
import type { Analysis } from './analysis.js';
import { scoredAuroc } from './scored-auroc.js';
import { type StabilityRow, stabilityRows } from './stability-rows.js';
import { stabilityTable } from './stability-table.js';

/** What is lost where ε and T are not chosen for each outlier set: how stable the best setting is (section 5). */
export const stability: Analysis<StabilityRow> = {
  name: 'stability',
  rows: stabilityRows,
  isAsked: (experiment) => distinctPools(experiment).length > 1,
  reduce: async (input) => {
    const { experiment, subject, surfaces, selection, analysed } = input;
    const pool = selectionPools(experiment).outliers.get(analysed.set.name);
    if (analysed.set.role !== 'outlier' || pool === undefined) return [];
    const rows = selection.filter(({ outlier }) => outlier === analysed.set.name);
    return subject.detectors.flatMap((detector) =>
      rows
        .filter((row) => row.detector === detector.name)
        .flatMap((own) =>
          compareChoices({
            ...{ own, pool, surfaces, detector },
            cells: detector.cells(own.ablation, experiment.grid),
            testAuroc: (cell) => scoredAuroc(input, detector, cell),
          }),
        ),
    );
  },
  tables: stabilityTable,
};

/** The pools of validation rows that cells are chosen on, each once. */
function distinctPools(experiment: PlannedExperiment): readonly (readonly string[])[] {
  const pools = selectionPools(experiment).outliers.values();
  return [...new Map(Array.from(pools, (pool) => [pool.join('\0'), pool])).values()];
}

/** One detector's choice for one outlier set, and what else could have been chosen. */
export interface ComparedChoice {
  /** As it was chosen on the pool of the set. */
  readonly own: SelectionRow;
  readonly pool: readonly string[];
  /** Of one subject, by pool. */
  readonly surfaces: readonly PoolSurfaces[];
  readonly detector: Pick<Detector, 'name'>;
  /** Those that are chosen from, in the order in which ties are broken. */
  readonly cells: readonly Cell[];
  /** ROC-AUC on test rows; null where nothing tells. */
  readonly testAuroc: (cell: Cell) => number | null;
}

/**
 * Compares a cell with those that the other pools, and all pools, choose by the largest mean ROC-AUC.
 * @returns a row for each kind of choice, but for the one that there is not; none where there is one cell to choose from
 */
export function compareChoices(compared: ComparedChoice): readonly StabilityRow[] {
  const { own, pool, surfaces, detector, cells, testAuroc } = compared;
  const searched = new Set(cells.map(cellKey));
  if (searched.size < 2) return [];
  const restricted = (of: PoolSurfaces): DetectorSurface => within(surfaceOf(of, detector), searched);
  const ofPool = surfacesOn(surfaces, pool);
  const onOwn = restricted(ofPool);
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
      testAuroc: testAuroc({ epsilon, temperature }),
    };
  };
  // What overlaps with the pool of the set would not leave the set out.
  const others = surfaces.filter((one) => !one.pool.some((name) => pool.includes(name)));
  return [
    row('own-set', [ofPool]),
    ...(others.length === 0 ? [] : [row('other-sets', others)]),
    row('all-sets', surfaces),
  ];
}

function surfaceOf({ detectors }: PoolSurfaces, { name }: Pick<Detector, 'name'>): DetectorSurface {
  const found = detectors.find(({ detector }) => detector === name);
  if (found === undefined) throw new RangeError(`${name} was not searched`);
  return found;
}

/** A surface at some of its cells. */
function within({ detector, cells, aurocs }: DetectorSurface, kept: ReadonlySet<string>): DetectorSurface {
  const isKept = cells.map((cell) => kept.has(cellKey(cell)));
  return { detector, cells: cells.filter((_, i) => isKept[i]), aurocs: aurocs.filter((_, i) => isKept[i]) };
}
