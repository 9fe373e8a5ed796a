import type { Table } from '../../tables/table.js';
import type { PageBudget } from '../budget.js';
import { type Html, html } from '../html.js';
import { tableHtml } from '../table-html.js';

/** Tables that are not folded: the accuracies, and the comparison of detectors. */
const open = ['table-3', 'table-5', 'ensembles', 'full-spectrum', 'groups', 'corruptions-accuracy'];

/** Tables of more figures are read as files. */
const mostFigures = 20_000;

/**
 * The tables of a run that are not folded, or those that are.
 * @param folder where they lie as files, as a link from the page; null where they are elsewhere
 */
export function tables(
  all: readonly Table[],
  which: 'open' | 'folded',
  folder: string | null,
  budget: PageBudget,
): Html {
  const own = all.filter(({ name }) => open.includes(name) === (which === 'open'));
  return html`${
    which === 'open' &&
    folder !== null &&
    html`<p>Each table is there as a file too, as Markdown, CSV and LaTeX: <a href="${folder}/">${folder}</a>.</p>`
  }${own.map((table) => placed(table, folder, budget))}`;
}

function placed(table: Table, folder: string | null, budget: PageBudget): Html {
  const caption = firstSentence(table.caption.join(' ')) ?? table.name;
  const figures = table.sections.reduce((sum, { rows }) => sum + rows.length * table.columns.length, 0);
  const files =
    folder === null ? table.name : html`<a href="${folder}/${table.name}.csv">${table.name}.csv</a>`;
  const instead = html`<p>${caption} ${figures} figures, too many for a page: ${files}.</p>`;
  if (figures > mostFigures) return instead;
  const content = tableHtml(table);
  return budget.place(
    open.includes(table.name)
      ? html`<div id="${`table-of-${table.name}`}">${content}</div>`
      : html`<details id="${`table-of-${table.name}`}"><summary>${caption}</summary>${content}</details>`,
    instead,
  );
}

/** Captions are written in lines of a text, which end anywhere. */
function firstSentence(caption: string): string | undefined {
  return /^.*?[.](?= [\p{Lu}\d]|$)/u.exec(caption)?.[0];
}
