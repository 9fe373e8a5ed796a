import { latexText } from './latex-text.js';
import { linesOf, type TableLine } from './lines.js';
import type { Table } from './table.js';

/** A table of more lines does not fit on a page. */
const mostLines = 40;

/** Sizes of type, each smaller than the one before. */
const smallerSizes = ['\\small', '\\footnotesize', '\\scriptsize', '\\tiny'] as const;

/**
 * A table of results as LaTeX with booktabs, to be read by `\input` in documents of one column or of two: the best in bold, the second
 * best underlined. One that is wider than the text is shrunk to it; one that is longer than a page is a `longtable` in the largest
 * type that fits.
 */
export function renderLatex(table: Table): string {
  const { name, rowTitles, columns, sections, notes } = table;
  const width = rowTitles.length + columns.length;
  const titles = [...rowTitles, ...columns.map(({ heading }) => heading)];
  const header = row(titles.map(latexText));
  const lines = sections.map((section) => linesOf(table, section));
  const body = sections.map(({ title }, index) => [
    ...(title === null ? [] : [`\\multicolumn{${width}}{l}{\\emph{${latexText(title)}}} \\\\`]),
    ...(lines[index] ?? []).map(latexRow),
  ]);
  const rows = body.flatMap((part, index) => (index === 0 ? part : ['\\midrule', ...part]));
  const titled = `\\caption{${latexText(captionOf(table, lines.flat()))}}\\label{tab:${name}}`;
  const layout = `{${'l'.repeat(rowTitles.length)}${'c'.repeat(columns.length)}}`;
  const below = notes.flatMap((note) => ['', `{\\footnotesize ${latexText(note)}\\par}`]);
  if (rows.length <= mostLines)
    return document(
      ['booktabs', 'graphicx'],
      [
        '\\begin{table*}',
        '\\centering',
        titled,
        '\\resizebox{\\ifdim\\width>\\linewidth \\linewidth\\else\\width\\fi}{!}{%',
        `\\begin{tabular}${layout}`,
        ...['\\toprule', header, '\\midrule', ...rows, '\\bottomrule'],
        '\\end{tabular}}',
        ...below,
        '\\end{table*}',
      ],
    );
  const head = ['\\toprule', header, '\\midrule'];
  return document(
    ['booktabs', 'longtable'],
    [
      ...oneColumn.begin,
      ...fittingSize(layout, widestCells(titles, lines.flat())),
      `\\begin{longtable}${layout}`,
      `${titled} \\\\`,
      ...[...head, '\\endfirsthead', ...head, '\\endhead', '\\bottomrule', '\\endfoot'],
      ...rows,
      '\\end{longtable}',
      '\\endgroup',
      ...below,
      ...oneColumn.end,
    ],
  );
}

/** Without a number of ours, as LaTeX has its own, and with what Markdown does not show. */
function captionOf({ caption }: Table, lines: readonly TableLine[]): string {
  const plain = caption.join(' ').replace(/^Table \d+: /, '');
  const underlined = lines.some(({ figures }) => figures.some(({ mark }) => mark === 'second'));
  return underlined ? `${plain} The second best are underlined.` : plain;
}

function latexRow({ headings, figures }: TableLine): string {
  return row([
    ...headings.map(latexText),
    ...figures.map(({ text, mark }) => {
      const figure = latexText(text);
      if (mark === null) return figure;
      return mark === 'best' ? `\\textbf{${figure}}` : `\\underline{${figure}}`;
    }),
  ]);
}

/** `longtable` refuses documents of two columns: pages of its own have one there. */
const oneColumn = {
  begin: [
    '\\makeatletter\\if@twocolumn\\onecolumn\\let\\grodincolumns\\twocolumn\\else\\let\\grodincolumns\\relax\\fi\\makeatother',
  ],
  end: ['', '\\grodincolumns'],
} as const;

/** Begins a group in which type is as large as the widest cells of all columns fit into the text beside each other. */
function fittingSize(layout: string, widest: readonly string[]): readonly string[] {
  const measured = '\\setbox0\\hbox{\\grodinwidest}\\ifdim\\wd0>\\linewidth';
  return [
    '\\par\\begingroup',
    `\\def\\grodinwidest{\\begin{tabular}${layout}${row(widest)}\\end{tabular}}`,
    ...smallerSizes.map((size) => `${measured}${size}\\fi`),
    `${measured}\\setlength{\\tabcolsep}{2pt}\\fi`,
  ];
}

/** The longest text of each column, bold where any is. */
function widestCells(titles: readonly string[], lines: readonly TableLine[]): readonly string[] {
  return titles.map((title, column) => {
    let longest = { text: title, isBold: false };
    for (const { headings, figures } of lines) {
      const figure = figures[column - headings.length];
      const text = headings[column] ?? figure?.text ?? '';
      if (text.length > longest.text.length) longest = { text, isBold: false };
      if (text.length === longest.text.length && figure?.mark === 'best') longest = { text, isBold: true };
    }
    const { text, isBold } = longest;
    return isBold ? `\\textbf{${latexText(text)}}` : latexText(text);
  });
}

function document(packages: readonly string[], lines: readonly string[]): string {
  const needs = packages.map((one) => `\\usepackage{${one}}`).join(' ');
  return `% In the preamble: ${needs}\n${lines.join('\n')}\n`;
}

function row(cells: readonly string[]): string {
  return `${cells.join(' & ')} \\\\`;
}
