import { number, text } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { selectionPools } from '../experiment/sets.js';
import { surfacesOn } from '../selection/surface.js';
import type { Analysis } from './analysis.js';

/** Rows of `surface.arrow`. */
export const surfaceRows = rowType({
  file: 'surface.arrow',
  version: 1,
  columns: {
    model: text,
    outlier: text,
    detector: text,
    epsilon: number,
    temperature: number,
    /** On the validation split of in-domain + outlier. */
    validationAuroc: number,
    /** The sets whose validation rows were the outliers, joined by " + ": the outlier set itself where it has rows of its own. */
    selectedOn: text,
  },
});

/** One detector at one cell: a row of `surface.arrow`. */
export type SurfaceRow = RowIn<typeof surfaceRows>;

/** The whole of what cells were chosen by: ROC-AUC on validation rows at every cell. Cells stand in the order in which ties are broken. */
export const surface: Analysis<SurfaceRow> = {
  name: 'surface',
  rows: surfaceRows,
  isAsked: () => true,
  reduce: async ({ experiment, subject, surfaces, analysed: { set } }) => {
    const pool = selectionPools(experiment).outliers.get(set.name);
    if (set.role !== 'outlier' || pool === undefined) return [];
    const shared = { model: subject.name, outlier: set.name, selectedOn: pool.join(' + ') };
    return surfacesOn(surfaces, pool).detectors.flatMap(({ detector, cells, aurocs }) =>
      cells.map((cell, place) => ({
        ...shared,
        detector,
        ...cell,
        validationAuroc: aurocs[place] ?? Number.NaN,
      })),
    );
  },
  // Of hundreds of lines a detector and set: what is to be learnt from it in short is the table of `stability`.
  tables: () => [],
};
