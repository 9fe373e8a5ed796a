/** A cell of a CSV file; a number is written with all its digits, null as an empty cell. */
export type CsvCell = string | number | null;

/** CSV after RFC 4180 with line feeds: a cell with a comma, quote or line break is quoted. */
export function csv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [header, ...rows].map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
}

function quoted(cell: CsvCell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
