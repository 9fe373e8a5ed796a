import test from 'ava';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import { figureTable } from '../../scripts/bench/figure.js';

test('a table is Markdown whose columns stand under each other', (t) => {
  const table = markdownGrid(
    [
      { title: 'pass', align: 'left' },
      { title: 'ms', align: 'right' },
    ],
    [['plain', '1.5'], ['scoring']],
  );
  t.is(
    table,
    ['| pass    |  ms |', '| ------- | --: |', '| plain   | 1.5 |', '| scoring |     |', ''].join('\n'),
  );
});

test('a figure shows what is required, measured and possible', (t) => {
  const [, , whole, memory] = figureTable([
    {
      figure: 'whole score',
      required: '≤ 5.5',
      measured: 5.4321,
      spread: { low: 5.3, high: 5.55 },
      floor: 4.672,
      unit: '×',
    },
    { figure: 'memory', required: '', measured: 183.2, spread: null, floor: null, unit: 'MB' },
  ]).split('\n');
  t.is(whole, '| whole score |    ≤ 5.5 |   5.43 × | 5.30 – 5.55 |  4.67 |');
  t.is(memory, '| memory      |          |   183 MB |             |       |');
});
