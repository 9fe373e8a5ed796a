import {
  bestShown,
  estimateAndDeviation,
  interval,
  isShownAs,
  noFigure,
  percent,
  quantity,
  threeDecimals,
} from './figure-text.js';
import { type GridColumn, markdownGrid } from './markdown-grid.js';
import { shownName, type Table, type TableCell, type TableSection } from './table.js';

/** Heads a row of intervals. */
const intervalHeading = '95 % interval';

/**
 * A table of results as Markdown that reads well on a terminal too: caption, a grid for each section, notes. Rows of
 * estimates have their intervals in a row below, and the best in bold.
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
    if (figures === 'percentages')
      return [[...headings, ...row.cells.map((cell) => percent(cell?.value ?? null))]];
    if (figures === 'quantities')
      return [[...headings, ...row.cells.map((cell, column) => quantity(cell, columns[column]?.unit))]];
    const ofRow = bestShown(row);
    const estimates = row.cells.map((cell, column) => estimate(cell, ofColumns[column] ?? ofRow));
    const intervals = [...headings.map(() => '').slice(1), intervalHeading, ...row.cells.map(intervalOf)];
    const figuresOfRow = row.cells.filter((cell) => cell !== null);
    const isWithout = figuresOfRow.length > 0 && figuresOfRow.every(({ spread }) => spread === null);
    return [[...headings, ...estimates], ...(isWithout ? [] : [intervals])];
  });
}

function estimate(cell: TableCell | null, best: string | null): string {
  if (cell === null || cell.value === null) return noFigure;
  const { value, spread } = cell;
  const text = spread === null ? threeDecimals(value) : estimateAndDeviation(value, spread.deviation);
  return isShownAs(cell, best) ? `**${text}**` : text;
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
