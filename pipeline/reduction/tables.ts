import { ablationTable } from './ablation-table.js';
import { accuracyTable } from './accuracy-table.js';
import { comparisonTable } from './comparison-table.js';
import { pairTable } from './pair-table.js';
import type { RenderedTable, Results } from './results.js';

/**
 * The paper's tables 3 to 7 as Markdown and CSV, in that order; a detector that was not run leaves out the table
 * of its ablations. Equal results give equal texts.
 */
export function renderTables(results: Results): readonly RenderedTable[] {
  const tables = [
    accuracyTable(results),
    pairTable(results),
    comparisonTable(results),
    ablationTable(results, 'table-6', 'G'),
    ablationTable(results, 'table-7', 'SG'),
  ];
  return tables.filter((table) => table !== null);
}
