import {
  bestShown,
  estimateAndDeviation,
  inDeviations,
  interval,
  isShownAs,
  levelMark,
  noFigure,
  percent,
  quantity,
  threeDecimals,
} from './figure-text.js';
import { type GridColumn, markdownGrid } from './markdown-grid.js';
import {
  type PublishedFigure,
  shownName,
  type Table,
  type TableCell,
  type TableRow,
  type TableSection,
} from './table.js';

/** Heads a row of intervals. */
const intervalHeading = '95 % interval';

/** Heads a row of the paper's figures, and the row of what ours have more. */
const publishedHeading = 'published';
const differenceHeading = 'difference, σ';

/**
 * A table of results as Markdown that reads well on a terminal too: caption, a grid for each section, notes. Rows of
 * estimates have their intervals in a row below, and the best in bold; below that stand published figures, where there are any.
 */
export function renderMarkdown(table: Table): string {
  const { caption, rowTitles, columns, sections, notes } = table;
  const titles = [...rowTitles, ...columns.map(({ heading }) => heading)].map(escaped);
  const grid = titles.map((title, index): GridColumn => ({ title, align: index === 0 ? 'left' : 'centre' }));
  const style = { narrowest: 5, widest: 40, marksLeft: true };
  const blocks = [
    caption.map(escaped).join('\n'),
    ...sections.flatMap((section) => [
      ...(section.title === null ? [] : [escaped(section.title)]),
      markdownGrid(grid, linesOf(table, section), style).trimEnd(),
    ]),
    notes.map((note) => `${escaped(note)}\n`).join(''),
  ];
  return blocks.join('\n\n');
}

function linesOf({ figures, columns }: Table, { rows, best }: TableSection): string[][] {
  const ofColumns = columns.map((_, column) =>
    best === undefined ? null : bestShown({ cells: rows.map(({ cells }) => cells[column] ?? null), best }),
  );
  return rows.flatMap((row, index) => {
    const above = rows[index - 1];
    const headings = row.headings.map((heading, at, all) => {
      const isRepeated = at < all.length - 1 && above?.headings[at] === heading;
      return isRepeated ? '' : escaped(heading);
    });
    const published = publishedLines(row, figures);
    if (figures === 'percentages')
      return [[...headings, ...row.cells.map((cell) => percent(cell?.value ?? null))], ...published];
    if (figures === 'quantities')
      return [[...headings, ...row.cells.map((cell, column) => quantity(cell, columns[column]?.unit))]];
    const ofRow = bestShown(row);
    const estimates = row.cells.map((cell, column) => estimate(cell, ofColumns[column] ?? ofRow));
    const intervals = [...headings.map(() => '').slice(1), intervalHeading, ...row.cells.map(intervalOf)];
    const figuresOfRow = row.cells.filter((cell) => cell !== null);
    const isWithout = figuresOfRow.length > 0 && figuresOfRow.every(({ spread }) => spread === null);
    return [[...headings, ...estimates], ...(isWithout ? [] : [intervals]), ...published];
  });
}

/** What the paper has in place of a row's figures, and how far they are from it; nothing where it has none of them. */
function publishedLines({ headings, cells }: TableRow, figures: Table['figures']): string[][] {
  const published = cells.map((cell) => cell?.published);
  if (published.every((figure) => figure === undefined)) return [];
  const before = headings.slice(1).map(() => '');
  const text = ({ value, deviation }: PublishedFigure): string =>
    figures === 'percentages' ? percent(value) : estimateAndDeviation(value, deviation);
  const line = (heading: string, of: (figure: PublishedFigure) => string): string[] => [
    ...before,
    heading,
    ...published.map((figure) => (figure === undefined ? noFigure : of(figure))),
  ];
  return [
    line(publishedHeading, text),
    line(differenceHeading, ({ difference }) => inDeviations(difference)),
  ];
}

function estimate(cell: TableCell | null, best: string | null): string {
  if (cell === null || cell.value === null) return noFigure;
  const { value, spread } = cell;
  const text = spread === null ? threeDecimals(value) : estimateAndDeviation(value, spread.deviation);
  const marked = cell.isLevel === true ? `${text} ${levelMark}` : text;
  return isShownAs(cell, best) ? `**${marked}**` : marked;
}

function intervalOf(cell: TableCell | null): string {
  return cell === null || cell.spread === null ? noFigure : interval(cell.spread.low, cell.spread.high);
}

/** A user's own text inside a line or a table of Markdown, as `shownName` shows it. */
export function plainCell(text: string): string {
  return escaped(shownName(text));
}

/** Nothing in a text may end a cell or turn into markup. */
function escaped(text: string): string {
  return text
    .replace(/[\\|*`<&~[\]]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, (run) => '\\_'.repeat(run.length));
}
