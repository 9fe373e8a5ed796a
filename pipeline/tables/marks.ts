import { fractionText, quantityAlone } from './figure-text.js';
import type { Table, TableCell, TableSection } from './table.js';

/** The best figures of a row (or of a column of a section, where that says which are the best), and the second best. */
export type Mark = 'best' | 'second';

/**
 * Which cells of a section are marked, of percentages none, as their digits show them: what a reader can't tell apart is a tie. Of two figures
 * the worse one is not called second best.
 * @returns [rows][columns]; null where a cell has no mark
 */
export function marksOf(
  { figures, columns }: Pick<Table, 'figures' | 'columns'>,
  { rows, best: ofColumns }: TableSection,
): readonly (readonly (Mark | null)[])[] {
  const shown = (cell: TableCell | null | undefined, column: number): Shown | null => {
    if (cell === null || cell === undefined || cell.value === null) return null;
    const { value } = cell;
    if (figures === 'estimates') return { value, text: fractionText(value) };
    return { value, text: quantityAlone(value, columns[column]?.unit) };
  };
  if (figures === 'percentages') return rows.map(({ cells }) => cells.map(() => null));
  if (ofColumns === undefined)
    return rows.map(({ cells, best }) =>
      marks(
        cells.map((cell, column) => shown(cell, column)),
        best,
      ),
    );
  const byColumn = columns.map((_, column) =>
    marks(
      rows.map(({ cells }) => shown(cells[column], column)),
      ofColumns,
    ),
  );
  return rows.map((_, row) => byColumn.map((column) => column[row] ?? null));
}

interface Shown {
  readonly value: number;
  readonly text: string;
}

function marks(
  figures: readonly (Shown | null)[],
  best: 'largest' | 'smallest' | null,
): readonly (Mark | null)[] {
  if (best === null) return figures.map(() => null);
  const present = figures.filter((figure) => figure !== null);
  const sign = best === 'largest' ? -1 : 1;
  const ranked = [...present].sort((a, b) => sign * (a.value - b.value));
  const texts = [...new Set(ranked.map(({ text }) => text))];
  const second = present.length > 2 ? texts[1] : undefined;
  return figures.map((figure) => {
    if (figure === null) return null;
    if (figure.text === texts[0]) return 'best';
    return figure.text === second ? 'second' : null;
  });
}
