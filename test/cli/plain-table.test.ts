import test from 'ava';
import { plainTable } from '../../pipeline/cli/plain-table.js';

const table = {
  keys: ['model', 'set'],
  figures: ['one', 'second', 'three'],
  rows: [
    { keys: ['a', 'O'], figures: ['1', '2.5', '−3'] },
    { keys: ['longer', 'R\u001b[31m'], figures: ['10', '', '∞'] },
  ],
};

test('a table has its keys left and its figures right, and nothing that a terminal would obey', (t) => {
  t.is(
    plainTable(table, 80),
    [
      'model   set        one  second  three',
      'a       O            1     2.5     −3',
      'longer  R\\x1b[31m   10              ∞',
      '',
    ].join('\n'),
  );
});

test('what does not fit beside the keys goes on below, and no line is wider than the terminal', (t) => {
  for (const width of [28, 34]) {
    const parts = plainTable(table, width).split('\n\n');
    t.is(parts.length, width === 28 ? 3 : 2, String(width));
    for (const part of parts) {
      t.true(part.startsWith('model   set'));
      for (const line of part.split('\n')) t.true([...line].length <= width, line);
    }
  }
  // A column of its own for each, however narrow.
  t.is(plainTable(table, 5).split('\n\n').length, 3);
});
