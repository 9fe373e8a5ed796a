import test from 'ava';
import { renderCsv } from '../../pipeline/tables/csv.js';
import { tableFormats, terminalText } from '../../pipeline/tables/formats.js';
import { renderMarkdown } from '../../pipeline/tables/markdown.js';
import { shownName, type Table, type TableRow } from '../../pipeline/tables/table.js';

const row = (name: string, values: readonly (number | null)[]): TableRow => ({
  headings: ['r18', name],
  keys: ['r18', name],
  cells: values.map((value) =>
    value === null
      ? null
      : { value, spread: { deviation: 0.01, low: value - 0.02, high: value + 0.02 }, details: [10] },
  ),
  best: 'largest',
  details: [95],
});

const estimates: Table = {
  name: 'table-9',
  caption: ['Table 9: what *is* known.'],
  figures: 'estimates',
  rowTitles: ['Model', 'Dataset'],
  columns: [
    { heading: 'one', keys: ['ONE'] },
    { heading: 'two', keys: ['TWO'] },
  ],
  sections: [{ title: null, rows: [row('a|b', [0.5, 0.75]), row('c', [null, 0.25])] }],
  notes: ['Seed 1.'],
  data: {
    line: 'row',
    row: ['model', 'outlier'],
    column: ['detector'],
    value: 'value',
    cellDetails: ['temperature'],
    rowDetails: ['images'],
    table: ['seed'],
  },
  details: [1],
};

const percentages: Table = {
  ...estimates,
  figures: 'percentages',
  sections: [{ title: 'Part one:', rows: [row('c', [null, 0.25])] }],
  data: { ...estimates.data, line: 'cell' },
};

test('Markdown shows estimates with their intervals below, the best in bold, and plain text as it is', (t) => {
  t.is(
    renderMarkdown(estimates),
    [
      'Table 9: what \\*is\\* known.',
      '',
      '| Model | Dataset       | one           | two               |',
      '| :---- | :-----------: | :-----------: | :---------------: |',
      '| r18   | a\\|b          | 0.500 ± 0.010 | **0.750 ± 0.010** |',
      '|       | 95 % interval | 0.480 – 0.520 | 0.730 – 0.770     |',
      '|       | c             | —             | **0.250 ± 0.010** |',
      '|       | 95 % interval | —             | 0.230 – 0.270     |',
      '',
      'Seed 1.',
      '',
    ].join('\n'),
  );
});

test('CSV tells a row of estimates in a line, with all digits and what no other format shows', (t) => {
  t.is(
    renderCsv(estimates),
    [
      'model,outlier,ONE.value,ONE.deviation,ONE.low,ONE.high,ONE.temperature,' +
        'TWO.value,TWO.deviation,TWO.low,TWO.high,TWO.temperature,images,seed',
      'r18,a|b,0.5,0.01,0.48,0.52,10,0.75,0.01,0.73,0.77,10,95,1',
      'r18,c,,,,,,0.25,0.01,0.23,0.27,10,95,1',
      '',
    ].join('\n'),
  );
});

test('a table of percentages has one line a row in Markdown, and one a figure in CSV where it asks for that', (t) => {
  t.deepEqual(renderMarkdown(percentages).split('\n').slice(2, 7), [
    'Part one:',
    '',
    '| Model | Dataset | one   | two   |',
    '| :---- | :-----: | :---: | :---: |',
    '| r18   | c       | —     | 25.0  |',
  ]);
  t.is(
    renderCsv(percentages),
    'model,outlier,detector,value,temperature,images,seed\nr18,c,TWO,0.25,10,95,1\n',
  );
});

test('every format ends its text, and a terminal gets tables one below the other', (t) => {
  for (const { extension, render } of tableFormats) t.true(render(estimates).endsWith('\n'), extension);
  const text = terminalText([estimates, percentages], 'run/tables');
  t.is(text.split('\n\nTable 9').length, 2);
  t.true(text.endsWith('Seed 1.\n'));
  const long = { ...estimates, sections: Array.from({ length: 40 }, () => estimates.sections).flat() };
  const named = terminalText([long, percentages], 'run/tables');
  t.regex(named, /^Table 9: what \\\*is\\\* known\.\n\n\d{3} lines: run\/tables\/table-9\.md\n\nTable 9/);
});

test('a name is shown on one line, what can’t be seen as a mark, and never as nothing', (t) => {
  t.is(shownName(' a\n b\t'), 'a b');
  t.is(shownName('\u001b[31m'), '\ufffd[31m');
  t.is(shownName(' '), '""');
});
