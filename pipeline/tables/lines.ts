import {
  besideMarks,
  estimateAndDeviation,
  fractionText,
  inDeviations,
  intervalOrNone,
  noFigure,
  percent,
  quantity,
} from './figure-text.js';
import { type Mark, marksOf } from './marks.js';
import type { PublishedFigure, Table, TableCell, TableRow, TableSection } from './table.js';

/** A line of a table as readers see it, in plain text, whatever the format. */
export interface TableLine {
  /** Empty where it is the same as in the line above. */
  readonly headings: readonly string[];
  readonly figures: readonly { readonly text: string; readonly mark: Mark | null }[];
}

/** Heads a row of intervals. */
const intervalHeading = '95 % interval';

/** Heads a row of the paper's figures, and the row of what ours have more. */
const publishedHeading = 'published';
const differenceHeading = 'difference, σ';

/** The lines of a section: rows of estimates have their intervals in a line below, and below that stand published figures. */
export function linesOf(table: Table, section: TableSection): readonly TableLine[] {
  const { figures, columns } = table;
  const marks = marksOf(table, section);
  return section.rows.flatMap((row, index) => {
    const above = section.rows[index - 1];
    const headings = row.headings.map((heading, at, all) =>
      at < all.length - 1 && above?.headings[at] === heading ? '' : heading,
    );
    const before = headings.slice(1).map(() => '');
    const texts = row.cells.map((cell, column) => {
      if (figures === 'percentages') return percent(cell?.value ?? null);
      return figures === 'quantities' ? quantity(cell, columns[column]?.unit) : estimate(cell);
    });
    return [
      {
        headings,
        figures: texts.map((text, column) => ({ text, mark: marks[index]?.[column] ?? null })),
      },
      ...(hasIntervals(table, row)
        ? [unmarked([...before, intervalHeading], row.cells.map(intervalOf))]
        : []),
      ...publishedLines(row, figures, before),
    ];
  });
}

function unmarked(headings: readonly string[], texts: readonly string[]): TableLine {
  return { headings, figures: texts.map((text) => ({ text, mark: null })) };
}

function hasIntervals({ figures }: Table, { cells }: TableRow): boolean {
  if (figures !== 'estimates') return false;
  const present = cells.filter((cell) => cell !== null);
  return present.length === 0 || present.some(({ spread }) => spread !== null);
}

/** What the paper has in place of a row's figures, and how far they are from it; nothing where it has none of them. */
function publishedLines(
  { cells }: TableRow,
  figures: Table['figures'],
  before: readonly string[],
): readonly TableLine[] {
  const published = cells.map((cell) => cell?.published);
  if (published.every((figure) => figure === undefined)) return [];
  const text = ({ value, deviation }: PublishedFigure): string =>
    figures === 'percentages' ? percent(value) : estimateAndDeviation(value, deviation);
  const line = (heading: string, of: (figure: PublishedFigure) => string): TableLine =>
    unmarked(
      [...before, heading],
      published.map((figure) => (figure === undefined ? noFigure : of(figure))),
    );
  return [
    line(publishedHeading, text),
    line(differenceHeading, ({ difference }) => inDeviations(difference)),
  ];
}

function estimate(cell: TableCell | null): string {
  if (cell === null || cell.value === null) return noFigure;
  const { value, spread } = cell;
  const text = spread === null ? fractionText(value) : estimateAndDeviation(value, spread.deviation);
  return cell.beside === undefined ? text : `${text} ${besideMarks[cell.beside]}`;
}

function intervalOf(cell: TableCell | null): string {
  return cell === null || cell.spread === null ? noFigure : intervalOrNone(cell.spread.low, cell.spread.high);
}
