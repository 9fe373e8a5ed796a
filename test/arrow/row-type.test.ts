import { createHash } from 'node:crypto';
import { tableFromIPC } from 'apache-arrow';
import test from 'ava';
import { accuracyRows } from '../../pipeline/reduction/result-rows.js';
import { RunFailedError } from '../../stages/errors.js';
import { number, oneWordOf, orNull, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';

const columns = { name: text, kind: oneWordOf(['cat', 'dog']), weight: orNull(number), legs: whole };
const animals = rowType({ file: 'animals.arrow', version: 1, columns });

/** What the declaration above makes of a row. */
const cat: RowIn<typeof animals> = { name: 'Käthe', kind: 'cat', weight: null, legs: 4 };

test('columns that are declared once make the schema, the encoder and the decoder', (t) => {
  const bytes = animals.encode([cat, { ...cat, kind: 'dog', weight: 0.1 }]);
  t.deepEqual(animals.decode(bytes), [cat, { ...cat, kind: 'dog', weight: 0.1 }]);
  t.deepEqual(
    tableFromIPC(bytes).schema.fields.map((field) => `${field.name} ${field.type} ${field.nullable}`),
    ['name Utf8 false', 'kind Utf8 false', 'weight Float64 true', 'legs Int32 false'],
  );
});

test('a word that a column does not know, and a null where none may be, are refused with their column', (t) => {
  const loose = rowType({
    file: 'animals.arrow',
    version: 1,
    columns: { ...columns, kind: text, legs: orNull(whole) },
  });
  const refusal = (rows: Parameters<typeof loose.encode>[0]) =>
    t.throws(() => animals.decode(loose.encode(rows)), { instanceOf: RunFailedError })?.message;
  t.is(
    refusal([{ ...cat, kind: 'bird' }]),
    'animals.arrow: "bird" in column "kind", expected one of cat, dog: remove the file and run again',
  );
  t.is(
    refusal([{ ...cat, legs: null }]),
    'animals.arrow: null in column "legs", expected a number: remove the file and run again',
  );
});

test('a column that is missing or of another type is refused', (t) => {
  const { legs, ...others } = columns;
  const without = rowType({ file: 'animals.arrow', version: 1, columns: others });
  const other = rowType({ file: 'animals.arrow', version: 1, columns: { ...others, legs: number } });
  t.throws(() => animals.decode(without.encode([cat])), {
    message: /column "legs" is missing, expected Int32/,
  });
  t.throws(() => animals.decode(other.encode([cat])), {
    message: /column "legs" is Float64, expected Int32/,
  });
  t.is(legs, whole);
});

test('a file with nulls keeps the bytes that earlier ones of the same rows have', (t) => {
  const row = { model: 'resnet18', set: 'O', role: 'outlier', labelled: 0, images: 50, failed: 1 } as const;
  const bytes = accuracyRows.encode([
    { ...row, accuracy: null, validationFailed: 2, accuracyAmongOwn: null, ownClasses: null },
    { ...row, set: 'dög', accuracy: 0.75, validationFailed: 2, accuracyAmongOwn: null, ownClasses: null },
  ]);
  t.is(
    createHash('sha256').update(bytes).digest('hex'),
    'f9ff08ce86d053513d6e95b97d7375f299416c0510bc978ac2e8c08348983678',
  );
});
