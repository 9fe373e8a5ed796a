import test from 'ava';
import { PageBudget } from '../../pipeline/report/budget.js';
import { tables } from '../../pipeline/report/sections/tables.js';
import { tableHtml } from '../../pipeline/report/table-html.js';
import type { Table } from '../../pipeline/tables/table.js';

const cell = (value: number) => ({ value, spread: null, details: [] });

const table: Table = {
  name: 'table-9',
  caption: ['Table 9.'],
  figures: 'estimates',
  rowTitles: ['Dataset'],
  columns: ['one', 'two', 'three', 'four'].map((heading) => ({ heading, keys: [heading] })),
  sections: [
    {
      title: null,
      rows: [
        {
          headings: ['O'],
          keys: ['O'],
          cells: [0.7, 0.9, 0.8, 0.8001].map(cell),
          best: 'largest',
          details: [],
        },
      ],
    },
  ],
  notes: [],
  data: {
    line: 'row',
    row: ['outlier'],
    column: ['detector'],
    value: 'value',
    cellDetails: [],
    rowDetails: [],
    table: [],
  },
  details: [],
};

const marked = (of: Table) => tableHtml(of).text.match(/<(b|u) class="(best|second)">[^<]*<\/\1>/g);

test('the best of a row is bold and the second best underlined, whatever its figures are', (t) => {
  t.deepEqual(marked(table), [
    '<b class="best">0.900</b>',
    '<u class="second">0.800</u>',
    '<u class="second">0.800</u>',
  ]);
  t.deepEqual(marked({ ...table, figures: 'quantities' }), [
    '<b class="best">0.9</b>',
    '<u class="second">0.8001</u>',
  ]);
  t.is(marked({ ...table, figures: 'percentages' }), null);
});

test('columns that only another section has figures in are left out, others stay', (t) => {
  const [section] = table.sections;
  const none = { value: null, spread: null, details: [] };
  const row = section!.rows[0]!;
  const sections = [
    { title: 'A', rows: [{ ...row, cells: [cell(0.7), none, cell(0.8), none] }] },
    { title: 'B', rows: [{ ...row, cells: [none, cell(0.9), cell(0.6), none] }] },
  ];
  const heads = tableHtml({ ...table, sections }).text.match(/(?<=class="n"><button type="button">)\w+/g);
  t.deepEqual(heads, ['one', 'three', 'four', 'two', 'three', 'four']);
});

test('what is level hangs beside its figure, and underlined figures are explained', (t) => {
  const [section] = table.sections;
  const row = section!.rows[0]!;
  const cells = row.cells.map((one, at) =>
    at === 2 && one !== null ? { ...one, beside: 'level' as const } : one,
  );
  const { text } = tableHtml({ ...table, sections: [{ ...section!, rows: [{ ...row, cells }] }] });
  t.true(text.includes('<u class="second">0.800</u><span class="level"> †</span>'));
  t.true(text.includes('<p>Underlined: the second best.</p>'));
  t.false(tableHtml({ ...table, figures: 'percentages' }).text.includes('Underlined'));
});

test('a folded table is called by the first sentence of its caption, however that is broken into lines', (t) => {
  const caption = [
    'Ranks by DeLong et al., two-sided; all corrupted sets together',
    'are one. 95 % intervals.',
  ];
  const { text } = tables([{ ...table, caption }], 'folded', null, new PageBudget());
  const title = 'Ranks by DeLong et al., two-sided; all corrupted sets together are one.';
  t.true(text.includes(`<summary>${title}</summary>`));
});
