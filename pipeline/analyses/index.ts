import type { RowIn } from '../../workers/arrow/row-type.js';
import type { Analysis, WholeAnalysis } from './analysis.js';
import { calibration } from './calibration.js';
import { comparisons, fullSpectrumComparisons } from './comparisons.js';
import { extremeImages } from './extreme-images.js';
import { groupMeans } from './group-means.js';
import { hardExamples } from './hard-examples.js';
import { histograms } from './histograms.js';
import { layers } from './layers.js';
import { fullSpectrumRanks, ranks } from './ranks.js';
import { reliability } from './reliability.js';
import { rocCurves } from './roc-curves.js';
import { scoreHistograms } from './score-histograms.js';
import { selective } from './selective.js';
import { stability } from './stability.js';
import { surface } from './surface.js';
import { thresholds } from './thresholds.js';

/** Every analysis, in the order of its tables. To add one, write its file and list it here. */
const analyses = {
  comparisons,
  ranks,
  fullSpectrumComparisons,
  fullSpectrumRanks,
  groupMeans,
  thresholds,
  calibration,
  reliability,
  histograms,
  hardExamples,
  surface,
  stability,
  selective,
  rocCurves,
  scoreHistograms,
  extremeImages,
  layers,
};

/** The rows of every analysis; none of those that an experiment does not have. */
export type AnalysisRows = {
  readonly [Name in keyof typeof analyses]: readonly RowIn<(typeof analyses)[Name]['rows']>[];
};

/** An analysis whatever its rows are. */
export type AnyAnalysis = Analysis<unknown> | WholeAnalysis<unknown>;

/** Every analysis by the key of its rows. */
export const listedAnalyses = Object.entries(analyses) as unknown as readonly (readonly [
  keyof AnalysisRows,
  AnyAnalysis,
])[];

/** @param of gives the rows of one */
export function analysisRows(
  of: (key: keyof AnalysisRows, analysis: AnyAnalysis) => readonly unknown[],
): AnalysisRows {
  return Object.fromEntries(
    listedAnalyses.map(([key, analysis]) => [key, of(key, analysis)]),
  ) as AnalysisRows;
}
