import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import { addTo } from '../../stages/grouped.js';

/**
 * A table in Markdown, or null where it has no lines.
 * @param columns titles; a leading `>` aligns to the right
 */
export function table(columns: readonly string[], lines: readonly (readonly string[])[]): string | null {
  if (lines.length === 0) return null;
  return markdownGrid(
    columns.map((title) =>
      title.startsWith('>')
        ? { title: title.slice(1), align: 'right' as const }
        : { title, align: 'left' as const },
    ),
    lines,
  );
}

/** Rows of one key each, in the order in which the keys come first. */
export function groupsBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) addTo(groups, keyOf(row), row);
  return groups;
}
