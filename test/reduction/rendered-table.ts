import MarkdownIt from 'markdown-it';
import type { Results } from '../../pipeline/reduction/results.js';
import { resultTables, type TabledExperiment } from '../../pipeline/reduction/tables.js';
import { tableFormats } from '../../pipeline/tables/formats.js';

/** A table as a run writes it. */
export interface WrittenTable {
  readonly name: string;
  readonly markdown: string;
  readonly csv: string;
}

/** The tables of results as a run writes them. */
export function writtenTables(
  { seed, resamplings, ...rows }: Results,
  sets: Omit<TabledExperiment, 'seed' | 'resamplings'> = { outliers: [] },
): readonly WrittenTable[] {
  const as = (extension: string) => tableFormats.find((format) => format.extension === extension)!.render;
  return resultTables(rows, { seed, resamplings, ...sets }).map((table) => ({
    name: table.name,
    markdown: as('md')(table),
    csv: as('csv')(table),
  }));
}

/** One cell as a reader sees it. */
export interface RenderedCell {
  readonly text: string;
  readonly bold: boolean;
  /** Whether anything but plain and bold text is in it: links, code, other emphasis, HTML. */
  readonly otherMarkup: boolean;
}

/** The paragraphs and tables of a Markdown document, by a parser that is not ours; CommonMark, HTML allowed. */
export interface RenderedDocument {
  /** [table][row][column], the header being row 0. */
  readonly tables: readonly (readonly (readonly RenderedCell[])[])[];
  readonly paragraphs: readonly RenderedCell[];
  /** Kinds of blocks that are neither, for example `heading`. */
  readonly otherBlocks: readonly string[];
}

export function renderMarkdown(markdown: string): RenderedDocument {
  const tables: RenderedCell[][][] = [];
  const paragraphs: RenderedCell[] = [];
  const otherBlocks: string[] = [];
  let inTable = false;
  for (const token of new MarkdownIt('default', { html: true }).parse(markdown, {})) {
    if (token.type === 'table_open') tables.push([]);
    if (token.type === 'table_open' || token.type === 'table_close') inTable = token.nesting === 1;
    else if (token.type === 'tr_open') tables.at(-1)!.push([]);
    else if (token.type === 'inline') {
      const children = token.children ?? [];
      const cell = {
        text: children
          .map(({ type, content }) => (type === 'softbreak' ? '\n' : content))
          .join('')
          .trim(),
        bold: children.some(({ type }) => type === 'strong_open'),
        otherMarkup: children.some(
          ({ type }) => !['text', 'text_special', 'softbreak', 'strong_open', 'strong_close'].includes(type),
        ),
      };
      if (inTable) tables.at(-1)!.at(-1)!.push(cell);
      else paragraphs.push(cell);
    } else if (!/^(paragraph|thead|tbody|tr|th|td)_/.test(token.type)) otherBlocks.push(token.type);
  }
  return { tables, paragraphs, otherBlocks };
}
