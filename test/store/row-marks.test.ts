import test from 'ava';
import fc from 'fast-check';
import { RowMarks } from '../../pipeline/store/row-marks.js';

test('rows are marked as a set of their numbers has them', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000)), fc.array(fc.nat(100_000)), (rows, others) => {
      const marks = new RowMarks();
      for (const row of rows) marks.add(row);
      const set = new Set(rows);
      t.is(marks.size, set.size);
      for (const row of [...rows, ...others]) t.is(marks.has(row), set.has(row));
    }),
  );
});
