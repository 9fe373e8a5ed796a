import { csvLines } from '../../tables/csv.js';
import type { TableDatum } from '../../tables/table.js';
import type { ExportCell, ExportFormat } from '../export-table.js';

/** CSV as tables have it, in UTF-8: all digits, null an empty cell. */
export const csvFormat: ExportFormat = {
  hasLists: false,
  async *write(table) {
    const { columns } = table;
    const text = new TextEncoder();
    yield text.encode(csvLines([columns.map(({ name }) => name)]));
    for await (const { rows, cells } of table.batches())
      yield text.encode(
        csvLines(Array.from({ length: rows }, (_, row) => cells.map((column) => datum(column[row])))),
      );
  },
};

function datum(cell: ExportCell | undefined): TableDatum {
  if (cell === undefined || typeof cell === 'string' || typeof cell === 'number') return cell ?? null;
  if (cell === null) return null;
  throw new TypeError('CSV has no lists');
}
