import type { Cell } from '../../stages/cells.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { RowType } from '../../workers/arrow/row-type.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import type { OpenSet } from '../opening/opened.js';
import type { PublishedExperiment } from '../reduction/published.js';
import type { Resampler } from '../reduction/resampler.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { PoolSurfaces } from '../selection/surface.js';
import type { SplitLayers } from '../store/load-layers.js';
import type { Table } from '../tables/table.js';
import type { Subject } from '../waves/subjects.js';

/** The scores of both splits of one set by one subject. Images that could not be used are left out. */
export interface AnalysedSet {
  readonly set: OpenSet;
  /** At every cell that is searched; read when it is first asked for, and kept. Of a set without validation rows it is empty. */
  validation(): Promise<SplitScores>;
  /** At the chosen cells, and at ε = 0 at every temperature. */
  readonly test: SplitScores;
  /** Norms of the layers of the test images at a chosen cell; null where they were not kept, as of ensembles. */
  layers(cell: Cell): Promise<SplitLayers | null>;
}

/** What an analysis is made from: one set beside the in-domain one, as one subject sees both. */
export interface AnalysisInput {
  readonly experiment: PlannedExperiment;
  /** A model or an ensemble, with its detectors. */
  readonly subject: Subject;
  /** The cells chosen for the subject, of all outlier sets. */
  readonly selection: readonly SelectionRow[];
  /** The subject's ROC-AUCs on validation rows at every cell that was searched, one of each pool of outlier sets. */
  readonly surfaces: readonly PoolSurfaces[];
  readonly inDomain: AnalysedSet;
  /** Of any role; first the in-domain set itself. */
  readonly analysed: AnalysedSet;
  /**
   * Test images of the in-domain set and the covariate-shifted ones as one split; null where there are no such sets, and beside
   * any but an outlier set.
   */
  readonly fullSpectrum: SplitScores | null;
  /** Computes the resamples behind intervals. */
  readonly resampler: Resampler;
}

/**
 * Something that is found out from finished shards beside the metrics: each has a file of rows, in Arrow and CSV, and tables if
 * it wants. To add one, write its file and list it in `index.ts`.
 */
interface RowsFoundOut<Row> {
  /** Its files are `NAME.arrow` and `NAME.csv`. */
  readonly name: string;
  readonly rows: RowType<Row>;
  /** Whether an experiment has it. */
  isAsked(experiment: PlannedExperiment): boolean;
  /** @param rows of all subjects and sets, in their order */
  tables(
    rows: readonly Row[],
    experiment: Pick<PlannedExperiment, 'seed' | 'resamplings' | 'ensembles'> & PublishedExperiment,
  ): readonly Table[];
}

/** One whose rows are of one set at a time. */
export interface Analysis<Row> extends RowsFoundOut<Row> {
  /** The rows of one subject and set, none where the set is of a role that it is not about. */
  reduce(input: AnalysisInput): Promise<readonly Row[]>;
}

/** One whose rows are of all sets together. */
export interface WholeAnalysis<Row> extends RowsFoundOut<Row> {
  /** Begins with a subject, of which nothing is known yet. */
  begin(): SubjectLook<Row>;
}

/** What an analysis gathers of one subject. */
export interface SubjectLook<Row> {
  /** Looks at a set: at the in-domain set first, then at all others, once each. */
  add(input: AnalysisInput): Promise<void>;
  /** Once it has looked at all sets. */
  rows(): readonly Row[];
}
