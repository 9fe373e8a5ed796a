import { printable } from '../input/printable.js';

/** A Markdown table; the first column is set left, the others centred. Cells may hold Markdown, but no raw bar. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (column === 0 ? ':---' : ':---:'));
  return [header, rule, ...rows].map(line).join('\n');
}

/**
 * A user's own text inside a Markdown table: nothing in it may end the cell or the line, turn into markup, or be
 * obeyed by a terminal that shows it.
 */
export function plainCell(text: string): string {
  return printable(text.replace(/[\\|*`<]/g, '\\$&').replace(/\s+/g, ' '));
}
