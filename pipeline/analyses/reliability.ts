import { number, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { plainTemperatures } from '../experiment/grid.js';
import type { Analysis } from './analysis.js';
import { reliabilityAt } from './calibrated-split.js';
import { calibratedColumns } from './calibration-rows.js';
import { hasConfidence } from './has-confidence.js';

/** Rows of `reliability.arrow`. */
export const reliabilityRows = rowType({
  file: 'reliability.arrow',
  version: 1,
  columns: {
    ...calibratedColumns,
    /** From 1, the least confident. */
    bin: whole,
    /** Labelled test images in it. */
    images: whole,
    /** Mean of S. */
    confidence: number,
    accuracy: number,
  },
});

/** One bin of a reliability graph: a point of the paper's figure 1. */
export type ReliabilityRow = RowIn<typeof reliabilityRows>;

/** Accuracy as a function of confidence at ε = 0, of every labelled set and temperature (figure 1). */
export const reliability: Analysis<ReliabilityRow> = {
  name: 'reliability',
  rows: reliabilityRows,
  isAsked: () => true,
  reduce: async ({ experiment, subject, analysed }) => {
    if (!hasConfidence(experiment, subject)) return [];
    const { name: set, role } = analysed.set;
    return plainTemperatures(experiment.grid).flatMap((temperature) =>
      reliabilityAt(analysed.test, temperature).map(({ images, confidence, accuracy }, index) => {
        const of = { model: subject.name, set, role, temperature };
        return { ...of, bin: index + 1, images, confidence, accuracy };
      }),
    );
  },
  // Points of a graph are for plots: `calibration` has the table.
  tables: () => [],
};
