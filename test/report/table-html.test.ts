import test from 'ava';
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
