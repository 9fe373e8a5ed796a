import { detectors } from '../../stages/detectors/index.js';
import type { Experiment } from '../experiment/experiment.js';
import type { Table } from '../tables/table.js';
import { ablationTable } from './ablation-table.js';
import { accuracyTable } from './accuracy-table.js';
import { reportedGroups } from './averaged-sets.js';
import { comparisonTable } from './comparison-table.js';
import { corruptionTables } from './corruption-tables.js';
import { chosenMeasures, ensembleTable } from './ensemble-table.js';
import { fullSpectrumTable } from './full-spectrum-table.js';
import { furtherTable } from './further-table.js';
import { groupTable } from './group-table.js';
import { pairTable } from './pair-table.js';
import { type PublishedExperiment, publishedOf } from './published.js';
import { withPublishedNotes } from './published-notes.js';
import type { ResultRows } from './results.js';

/** What stands in a run's tables beside its rows: as much of its experiment. */
export type TabledExperiment = Pick<
  Experiment,
  'seed' | 'resamplings' | 'outliers' | 'groups' | 'ensembles'
> &
  PublishedExperiment;

/**
 * The tables of a run: the paper's tables 3 to 7, in that order, those of other detectors' ablations behind them, further metrics,
 * and those of full spectrum, groups and corruptions where there are any. A detector that was not run leaves its own out. Equal
 * results give equal tables.
 */
export function resultTables(rows: ResultRows, experiment: TabledExperiment): readonly Table[] {
  const { seed, resamplings, outliers, ensembles = [] } = experiment;
  const all = { ...rows, seed, resamplings, published: publishedOf(experiment) };
  // What an ensemble is ranked by are measures of its own, which have columns of their own.
  const names = new Set(ensembles.map(({ name }) => name));
  const ofModels = <Row extends { readonly model: string }>(some: readonly Row[]): readonly Row[] =>
    some.filter(({ model }) => !names.has(model));
  const results = {
    ...all,
    metrics: ofModels(rows.metrics),
    fullSpectrum: ofModels(rows.fullSpectrum),
  };
  const tables = [
    accuracyTable(results),
    pairTable(results),
    comparisonTable(results, chosenMeasures(all, names)),
    ...detectors.map((detector) => ablationTable(results, detector)),
    furtherTable(results),
    ensembleTable(all, names),
    fullSpectrumTable(results),
    groupTable(results, reportedGroups(experiment)),
    ...corruptionTables(results, outliers),
  ];
  return tables.filter((table) => table !== null).map(withPublishedNotes);
}
