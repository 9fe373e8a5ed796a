import { renderCsv } from './csv.js';
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
];

/** Tables for a terminal, one below the other: its Markdown lines up there. */
export function terminalText(tables: readonly Table[]): string {
  return `${tables.map((table) => renderMarkdown(table).trimEnd()).join('\n\n')}\n`;
}
