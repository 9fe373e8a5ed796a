import { tableFromIPC } from 'apache-arrow';
import test from 'ava';
import fc from 'fast-check';
import { selectionRows } from '../../pipeline/selection/selection-rows.js';
import { ablations } from '../../stages/cells.js';
import { RunFailedError } from '../../stages/errors.js';

const row = fc.record({
  model: fc.string(),
  outlier: fc.string({ unit: 'grapheme' }),
  detector: fc.string(),
  ablation: fc.constantFrom(...ablations),
  epsilon: fc.double(),
  temperature: fc.double(),
  validationAuroc: fc.double({ noNaN: true }),
});

test('a selection comes back as it was written, and equal rows give equal bytes', (t) => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
      const bytes = selectionRows.encode(rows);
      t.deepEqual(selectionRows.decode(bytes), rows);
      t.deepEqual(selectionRows.encode(structuredClone(rows)), bytes);
    }),
  );
  t.pass();
});

const example = {
  model: 'resnet18',
  outlier: 'O',
  detector: 'G',
  ablation: 'full',
  epsilon: 0.0002,
  temperature: 10,
  validationAuroc: 0.75,
} as const;

test('any Arrow reader finds the columns', (t) => {
  const table = tableFromIPC(selectionRows.encode([example]));
  t.deepEqual(
    table.toArray().map((found) => found?.toJSON()),
    [example],
  );
});

test('a truncated file is refused at whatever byte it ends', (t) => {
  const bytes = selectionRows.encode([example, example]);
  for (let length = 0; length < bytes.length; length += 7) {
    t.throws(() => selectionRows.decode(bytes.slice(0, length)), {
      instanceOf: RunFailedError,
      message: /^selection\.arrow .*remove (it|the file) and run again$/,
    });
  }
});

test('bytes that are something else are refused', (t) => {
  t.throws(() => selectionRows.decode(new TextEncoder().encode('{"selection": []}')), {
    instanceOf: RunFailedError,
  });
});
