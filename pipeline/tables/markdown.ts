import { linesOf } from './lines.js';
import { type GridColumn, markdownGrid } from './markdown-grid.js';
import { shownName, type Table, type TableSection } from './table.js';

/**
 * A table of results as Markdown that reads well on a terminal too: caption, a grid for each section, notes. The best are in bold;
 * Markdown has no underline for the second best.
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
      markdownGrid(grid, cellsOf(table, section), style).trimEnd(),
    ]),
    notes.map((note) => `${escaped(note)}\n`).join(''),
  ];
  return blocks.join('\n\n');
}

function cellsOf(table: Table, section: TableSection): string[][] {
  return linesOf(table, section).map(({ headings, figures }) => [
    ...headings.map(escaped),
    ...figures.map(({ text, mark }) => (mark === 'best' ? `**${text}**` : text)),
  ]);
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
