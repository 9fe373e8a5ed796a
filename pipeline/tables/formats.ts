import { join } from 'node:path';
import { renderCsv } from './csv.js';
import { renderLatex } from './latex.js';
import { renderMarkdown } from './markdown.js';
import type { Table } from './table.js';

/** A way to write tables of results. */
export interface TableFormat {
  /** Of the files, without a dot. */
  readonly extension: string;
  /** @returns equal text for equal tables, ended by a line feed */
  render(table: Table): string;
}

/** Every format in which a run writes its tables. To add one, write its renderer and list it here. */
export const tableFormats: readonly TableFormat[] = [
  { extension: 'md', render: renderMarkdown },
  { extension: 'csv', render: renderCsv },
  { extension: 'tex', render: renderLatex },
];

/** A table of more lines is not read in a terminal. */
const mostLines = 200;

/**
 * Tables for a terminal, one below the other: its Markdown lines up there. Long ones, as those of a sweep with a hundred sets,
 * are named instead.
 * @param folder where they lie as files
 */
export function terminalText(tables: readonly Table[], folder: string): string {
  const texts = tables.map((table) => {
    const text = renderMarkdown(table).trimEnd();
    const lines = text.split('\n').length;
    if (lines <= mostLines) return text;
    const caption = renderMarkdown({ ...table, sections: [], notes: [] }).trimEnd();
    return `${caption}\n\n${lines} lines: ${join(folder, `${table.name}.md`)}`;
  });
  return `${texts.join('\n\n')}\n`;
}
