import { detectors } from '../../stages/detectors/index.js';
import type { Experiment, SetGroup } from '../experiment/experiment.js';
import type { Table } from '../tables/table.js';
import { ablationTable } from './ablation-table.js';
import { accuracyTable } from './accuracy-table.js';
import { comparisonTable } from './comparison-table.js';
import { corruptionTables } from './corruption-tables.js';
import { fullSpectrumTable } from './full-spectrum-table.js';
import { groupTable } from './group-table.js';
import { pairTable } from './pair-table.js';
import type { ResultRows } from './results.js';

/** What stands in a run's tables beside its rows: as much of its experiment. */
export type TabledExperiment = Pick<Experiment, 'seed' | 'resamplings' | 'outliers' | 'groups'>;

/**
 * The tables of a run: the paper's tables 3 to 7, in that order, those of other detectors' ablations behind them, and those
 * of full spectrum, groups and corruptions where there are any. A detector that was not run leaves its own out. Equal
 * results give equal tables.
 */
export function resultTables(rows: ResultRows, experiment: TabledExperiment): readonly Table[] {
  const { seed, resamplings, outliers } = experiment;
  const results = { ...rows, seed, resamplings };
  const tables = [
    accuracyTable(results),
    pairTable(results),
    comparisonTable(results),
    ...detectors.map((detector) => ablationTable(results, detector)),
    fullSpectrumTable(results),
    groupTable(results, reportedGroups(experiment)),
    ...corruptionTables(results, outliers),
  ];
  return tables.filter((table) => table !== null);
}

/** The severities of one corruption have a matrix of their own. */
function reportedGroups({ outliers, groups = [] }: TabledExperiment): readonly SetGroup[] {
  const corruptionOf = new Map(outliers.map(({ name, corruption }) => [name, corruption]));
  return groups.filter(({ sets }) => {
    const corruptions = new Set(sets.map((set) => corruptionOf.get(set)));
    return corruptions.size > 1 || corruptions.has(undefined);
  });
}
