/** Cells that are longer don't widen their column: one long name must not push every other cell off the screen. */
const widestColumn = 40;

/**
 * A Markdown table whose columns line up on a terminal too, but for long names and for bold cells, which stand out by
 * their asterisks. The first column is set left, the others centred.
 * @param rows cells that may hold Markdown, but no raw bar
 */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => {
    const lengths = [title, ...rows.map((cells) => cells[column] ?? '')].map((cell) =>
      lengthOf(cell.replaceAll('**', '')),
    );
    return Math.max(5, ...lengths.filter((length) => length <= widestColumn));
  });
  const line = (cells: readonly string[]) => `| ${cells.map(padded).join(' | ')} |`;
  const padded = (cell: string, column: number) =>
    cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - lengthOf(cell)));
  const rule = widths.map((width, column) => `:${'-'.repeat(width - 2)}${column === 0 ? '-' : ':'}`);
  return [header, rule, ...rows].map(line).join('\n');
}

function lengthOf(text: string): number {
  return [...text].length;
}

/**
 * A user's own text inside a line or a table of Markdown: nothing in it may end the cell or the line, turn into markup,
 * or reach a terminal as an escape sequence. White space counts as one space.
 * @returns never empty: a blank cell means "as above"
 */
export function plainCell(text: string): string {
  const visible = text
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  if (visible === '') return '""';
  return visible
    .replace(/[\\|*`<&~[\]]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, (run) => '\\_'.repeat(run.length));
}
