import test from 'ava';
import fc from 'fast-check';
import { renderLatex } from '../../pipeline/tables/latex.js';
import { latexText } from '../../pipeline/tables/latex-text.js';
import { renderMarkdown } from '../../pipeline/tables/markdown.js';
import { marksOf } from '../../pipeline/tables/marks.js';
import type { Table, TableRow } from '../../pipeline/tables/table.js';

const row = (
  name: string,
  values: readonly (number | null)[],
  best: TableRow['best'] = 'largest',
): TableRow => ({
  headings: ['r18', name],
  keys: ['r18', name],
  cells: values.map((value) =>
    value === null
      ? null
      : { value, spread: { deviation: 0.01, low: value - 0.02, high: value + 0.02 }, details: [] },
  ),
  best,
  details: [],
});

const table: Table = {
  name: 'table-9',
  caption: ['Table 9: 95 % of σ.', 'All of it.'],
  figures: 'estimates',
  rowTitles: ['Model', 'Dataset'],
  columns: ['one', 'two', 'three'].map((heading) => ({ heading, keys: [heading] })),
  sections: [
    { title: null, rows: [row('a_b', [0.5, 0.75, 0.7]), row('[c]*', [null, 0.25, 0.2501])] },
    { title: 'Model #1:', rows: [row('d', [0.3, 0.1, 0.2], 'smallest')] },
  ],
  notes: ['Seed 1.'],
  data: {
    line: 'row',
    row: ['model', 'outlier'],
    column: ['detector'],
    value: 'value',
    cellDetails: [],
    rowDetails: [],
    table: [],
  },
  details: [],
};

test('LaTeX is a booktabs table that escapes texts, the best bold and the second best underlined', (t) => {
  t.is(
    renderLatex(table),
    String.raw`% In the preamble: \usepackage{booktabs} \usepackage{graphicx}
\begin{table*}
\centering
\caption{95 \% of $\sigma$. All of it. The second best are underlined.}\label{tab:table-9}
\resizebox{\ifdim\width>\linewidth \linewidth\else\width\fi}{!}{%
\begin{tabular}{llccc}
\toprule
Model & Dataset & one & two & three \\
\midrule
r18 & a\_b & 0.500 $\pm$ 0.010 & \textbf{0.750 $\pm$ 0.010} & \underline{0.700 $\pm$ 0.010} \\
 & 95 \% interval & 0.480 -- 0.520 & 0.730 -- 0.770 & 0.680 -- 0.720 \\
 & {[}c{]}{*} & --- & \textbf{0.250 $\pm$ 0.010} & \textbf{0.250 $\pm$ 0.010} \\
 & 95 \% interval & --- & 0.230 -- 0.270 & 0.230 -- 0.270 \\
\midrule
\multicolumn{5}{l}{\emph{Model \#1:}} \\
r18 & d & 0.300 $\pm$ 0.010 & \textbf{0.100 $\pm$ 0.010} & \underline{0.200 $\pm$ 0.010} \\
 & 95 \% interval & 0.280 -- 0.320 & 0.080 -- 0.120 & 0.180 -- 0.220 \\
\bottomrule
\end{tabular}}

{\footnotesize Seed 1.\par}
\end{table*}
`,
  );
});

test('a table that is longer than a page breaks, with its header on each', (t) => {
  const sections = Array.from({ length: 12 }, () => table.sections).flat();
  const text = renderLatex({ ...table, sections });
  t.true(text.startsWith('% In the preamble: \\usepackage{booktabs} \\usepackage{longtable}\n'));
  t.true(text.includes('\n\\begin{longtable}{llccc}\n'));
  t.is(text.split('Model & Dataset & one & two & three \\\\').length, 3);
  t.true(text.includes('\\end{longtable}'));
});

test('a long table leaves two columns for its pages alone, and measures the longest cell of each column', (t) => {
  const bold = row('d', [0.3, 0.5, 0.2]);
  const text = renderLatex({ ...table, sections: [{ title: null, rows: Array(30).fill(bold) }] });
  const begins = text.split('\\begin{longtable}')[0]!;
  t.true(begins.includes('\\if@twocolumn\\onecolumn\\let\\grodincolumns\\twocolumn\\else'));
  t.true(text.trimEnd().endsWith('\\grodincolumns'));
  t.true(
    begins.includes(
      String.raw`{llccc}Model & 95 \% interval & 0.300 $\pm$ 0.010 & \textbf{0.500 $\pm$ 0.010} & 0.200 $\pm$ 0.010 \\\end{tabular}}`,
    ),
  );
  const sizes = [...begins.matchAll(/\\ifdim\\wd0>\\linewidth(\\\w+)/g)].map(([, size]) => size);
  t.deepEqual(sizes, ['\\small', '\\footnotesize', '\\scriptsize', '\\tiny', '\\setlength']);
});

test('a caption tells of the second best only where some are underlined', (t) => {
  const sections = [{ title: null, rows: [row('d', [0.3, 0.1, 0.2], null)] }];
  t.true(renderLatex({ ...table, sections }).includes('\\caption{95 \\% of $\\sigma$. All of it.}'));
});

test('what shows the same digits as the best is the best, the next digits are second, and of two there is no second', (t) => {
  const marks = (values: readonly (number | null)[], best: TableRow['best']) =>
    marksOf(table, { title: null, rows: [row('x', values, best)] })[0];
  t.deepEqual(marks([0.9001, 0.9004, 0.8], 'largest'), ['best', 'best', 'second']);
  t.deepEqual(marks([0.1, 0.3, 0.3001, 0.4], 'smallest'), ['best', 'second', 'second', null]);
  t.deepEqual(marks([0.1, null, 0.3], 'largest'), [null, null, 'best']);
  t.deepEqual(marks([0.1, 0.2, 0.3], null), [null, null, null]);
  const quantities: Table = { ...table, figures: 'quantities' };
  const rows = [row('x', [0.0312345, 0.0312341, 0.0313, 5], 'smallest')];
  t.deepEqual(marksOf(quantities, { title: null, rows })[0], ['best', 'best', 'second', null]);
  t.true(
    renderMarkdown({ ...quantities, sections: [{ title: null, rows }] }).includes(
      '**0.03123 (0.01123 – 0.05123)**',
    ),
  );
  // By column, where a section says which are the best of its columns.
  const section = {
    title: null,
    best: 'largest' as const,
    rows: [row('x', [1, 0]), row('y', [2, 0]), row('z', [3, 0])],
  };
  t.deepEqual(marksOf(table, section), [
    [null, 'best', null],
    ['second', 'best', null],
    ['best', 'best', null],
  ]);
});

/** Reads LaTeX text without macros of ours: braces balance, and what is left when every escape is undone is the text. */
function undone(text: string): string {
  const commands: readonly (readonly [string, string])[] = [
    ['\\textbackslash{}', '\\'],
    ['\\textasciicircum{}', '^'],
    ['\\textasciitilde{}', '~'],
    ['\\textless{}', '<'],
    ['\\textgreater{}', '>'],
    ['\\textbar{}', '|'],
    ['{[}', '['],
    ['{]}', ']'],
    ['{*}', '*'],
    ['{}', ''],
    ...Array.from('{}$&#%_', (character) => [`\\${character}`, character] as const),
  ];
  let out = '';
  for (let at = 0; at < text.length; ) {
    const found = commands.find(([command]) => text.startsWith(command, at));
    const character = text[at]!;
    if (found === undefined && /[\\{}$&#%_^~<>|[\]*]/.test(character))
      throw new Error(`${character} of ${text}`);
    if (found === undefined && /--|''|``|,,|[?!]`/.test(text.slice(at, at + 2)))
      throw new Error(`ligature in ${text}`);
    out += found?.[1] ?? character;
    at += found?.[0].length ?? 1;
  }
  return out;
}

test('no text can be a command, a comment, another cell or another character', (t) => {
  const piece = fc.constantFrom(...'\\{}$&#%_^~<>|[]*-\'`,?!"ab 1é画');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      t.is(undone(latexText(pieces.join(''))), pieces.join(''));
    }),
  );
  t.is(latexText('ε ≤ 0.004 – “δ” ± ∞'), "$\\varepsilon$ $\\leq$ 0.004 -- ``$\\delta$'' $\\pm$ $\\infty$");
});
