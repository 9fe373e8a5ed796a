import { detectors } from '../../stages/detectors/index.js';
import type { Table } from '../tables/table.js';
import { ablationTable } from './ablation-table.js';
import { accuracyTable } from './accuracy-table.js';
import { comparisonTable } from './comparison-table.js';
import { pairTable } from './pair-table.js';
import type { Results } from './results.js';

/**
 * The paper's tables 3 to 7, in that order, and those of other detectors' ablations behind them; a detector that was not
 * run leaves its own out. Equal results give equal tables.
 */
export function resultTables(results: Results): readonly Table[] {
  const tables = [
    accuracyTable(results),
    pairTable(results),
    comparisonTable(results),
    ...detectors.map((detector) => ablationTable(results, detector)),
  ];
  return tables.filter((table) => table !== null);
}
