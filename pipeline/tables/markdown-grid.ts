/** A column's title, and on which side its cells end. */
export interface GridColumn {
  readonly title: string;
  readonly align: 'left' | 'right' | 'centre';
}

/** How wide columns are, in characters, and how their rule is written. */
export interface GridStyle {
  readonly narrowest: number;
  /** Cells that are longer don't widen their column: one long name must not push every other cell off the screen. */
  readonly widest: number;
  /** Whether the rule says of columns set left that they are, which is what readers of Markdown take for granted. */
  readonly marksLeft: boolean;
}

const plainStyle: GridStyle = { narrowest: 3, widest: Infinity, marksLeft: false };

/**
 * A Markdown table whose columns are padded, so that it can be read on a terminal as it stands, bold cells with
 * their asterisks too.
 * @param rows cells that may hold Markdown, but no raw bar; those left out at the end of a row are empty
 * @returns lines, each ended
 */
export function markdownGrid(
  columns: readonly GridColumn[],
  rows: readonly (readonly string[])[],
  { narrowest, widest, marksLeft }: GridStyle = plainStyle,
): string {
  const widths = columns.map(({ title }, column) => {
    const lengths = [title, ...rows.map((cells) => cells[column] ?? '')].map(lengthOf);
    return Math.max(narrowest, ...lengths.filter((length) => length <= widest));
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const padded = (cells: readonly string[]): string =>
    line(
      columns.map(({ align }, column) => {
        const cell = cells[column] ?? '';
        const room = ' '.repeat(Math.max(0, (widths[column] ?? 0) - lengthOf(cell)));
        return align === 'right' ? room + cell : cell + room;
      }),
    );
  const rule = columns.map(({ align }, column) => {
    const before = align === 'centre' || (align === 'left' && marksLeft) ? ':' : '-';
    return `${before}${'-'.repeat((widths[column] ?? 0) - 2)}${align === 'left' ? '-' : ':'}`;
  });
  return padded(columns.map(({ title }) => title)) + line(rule) + rows.map(padded).join('');
}

function lengthOf(text: string): number {
  return [...text].length;
}
