/** A column's title, and on which side its cells end. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** A Markdown table whose columns are padded, so that it can be read on a terminal as it stands. */
export function alignedTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const padded = (cells: readonly string[]): string =>
    line(
      columns.map(({ align }, column) => {
        const [cell, width] = [cells[column] ?? '', widths[column] ?? 0];
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      }),
    );
  const rule = line(
    columns.map(({ align }, column) => {
      const width = widths[column] ?? 0;
      return align === 'left' ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`;
    }),
  );
  return padded(columns.map(({ title }) => title)) + rule + rows.map(padded).join('');
}
