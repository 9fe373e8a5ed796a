import { isCompared, type Table, type TableCell, type TableDatum, type TableRow } from './table.js';

/** A table of results as CSV with all digits: one header line, and what the notes say in columns of every line. */
export function renderCsv(table: Table): string {
  const { data, details } = table;
  const rows = table.sections.flatMap((section) => section.rows);
  const compared = isCompared(table);
  const cellNames = [
    ...[data.value, ...spreadNames[table.figures], ...data.cellDetails],
    ...(compared ? publishedNames : []),
  ];
  const figures = (cell: TableCell | null): readonly TableDatum[] => [
    ...cellData(table, cell),
    ...(compared ? publishedData(cell) : []),
  ];
  if (data.line === 'row') {
    const names = table.columns.flatMap(({ keys }) => cellNames.map((name) => [...keys, name].join('.')));
    return csv(
      [...data.row, ...names, ...data.rowDetails, ...data.table],
      rows.map((row) => [...row.keys, ...row.cells.flatMap(figures), ...row.details, ...details]),
    );
  }
  const lines = (row: TableRow) =>
    table.columns.flatMap(({ keys }, index) => {
      const cell = row.cells[index] ?? null;
      return cell === null ? [] : [[...row.keys, ...keys, ...figures(cell), ...row.details, ...details]];
    });
  return csv(
    [...data.row, ...data.column, ...cellNames, ...data.rowDetails, ...data.table],
    rows.flatMap(lines),
  );
}

const spreadNames = {
  estimates: ['deviation', 'low', 'high'],
  percentages: [],
  quantities: ['low', 'high'],
} as const;

function cellData({ figures, data }: Table, cell: TableCell | null): readonly TableDatum[] {
  return [
    cell?.value ?? null,
    ...spreadNames[figures].map((name) => cell?.spread?.[name] ?? null),
    ...data.cellDetails.map((_, index) => cell?.details[index] ?? null),
  ];
}

const publishedNames = ['published', 'publishedDeviation', 'differenceInDeviations'] as const;

function publishedData(cell: TableCell | null): readonly TableDatum[] {
  const { value = null, deviation = null, difference = null } = cell?.published ?? {};
  return [value, deviation, difference];
}

/** CSV after RFC 4180 with line feeds: a cell with a comma, quote or line break is quoted; null is an empty cell. */
export function csv(header: readonly string[], rows: readonly (readonly TableDatum[])[]): string {
  return csvLines([header, ...rows]);
}

/** Lines of such a file, without a header of their own. */
export function csvLines(rows: readonly (readonly TableDatum[])[]): string {
  return rows.map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
}

function quoted(cell: TableDatum): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
