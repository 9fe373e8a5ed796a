import { latexText } from './latex-text.js';
import { linesOf } from './lines.js';
import type { Table } from './table.js';

/** A table of more lines does not fit on a page. */
const mostLines = 40;

/**
 * A table of results as LaTeX with booktabs, to be read by `\input`: the best in bold, the second best underlined. One that is
 * longer than a page is a `longtable`.
 */
export function renderLatex(table: Table): string {
  const { name, caption, rowTitles, columns, sections, notes } = table;
  const width = rowTitles.length + columns.length;
  const header = row([...rowTitles, ...columns.map(({ heading }) => heading)].map(latexText));
  const body = sections.map((section) => [
    ...(section.title === null
      ? []
      : [`\\multicolumn{${width}}{l}{\\emph{${latexText(section.title)}}} \\\\`]),
    ...linesOf(table, section).map(({ headings, figures }) =>
      row([
        ...headings.map(latexText),
        ...figures.map(({ text, mark }) => {
          const figure = latexText(text);
          if (mark === null) return figure;
          return mark === 'best' ? `\\textbf{${figure}}` : `\\underline{${figure}}`;
        }),
      ]),
    ),
  ]);
  const rows = body.flatMap((lines, index) => (index === 0 ? lines : ['\\midrule', ...lines]));
  const titled = `\\caption{${latexText(caption.join(' '))}}\\label{tab:${name}}`;
  const layout = `{${'l'.repeat(rowTitles.length)}${'c'.repeat(columns.length)}}`;
  const below = notes.flatMap((note) => ['', `{\\footnotesize ${latexText(note)}\\par}`]);
  if (rows.length <= mostLines)
    return document(
      ['booktabs'],
      [
        '\\begin{table}',
        '\\centering',
        titled,
        `\\begin{tabular}${layout}`,
        ...['\\toprule', header, '\\midrule', ...rows, '\\bottomrule'],
        '\\end{tabular}',
        ...below,
        '\\end{table}',
      ],
    );
  const head = ['\\toprule', header, '\\midrule'];
  return document(
    ['booktabs', 'longtable'],
    [
      `\\begin{longtable}${layout}`,
      `${titled} \\\\`,
      ...[...head, '\\endfirsthead', ...head, '\\endhead', '\\bottomrule', '\\endfoot'],
      ...rows,
      '\\end{longtable}',
      ...below,
    ],
  );
}

function document(packages: readonly string[], lines: readonly string[]): string {
  const needs = packages.map((one) => `\\usepackage{${one}}`).join(' ');
  return `% In the preamble: ${needs}\n${lines.join('\n')}\n`;
}

function row(cells: readonly string[]): string {
  return `${cells.join(' & ')} \\\\`;
}
