import test from 'ava';
import { excludedRowsNotes } from '../../pipeline/inputs/excluded-rows.js';
import { splitSets } from '../../pipeline/plan/split-sets.js';
import { rowsOf } from '../rows-of.js';

/** A set of 20 images, some of one patient. */
function setOf(name: string, imagesOfPatient: number, validation: number, tested: number | null = null) {
  const rows = rowsOf(
    Array.from({ length: 20 }, (_, at) => {
      const base = `${name}-${Math.floor(at / imagesOfPatient)}`;
      return { id: `${at}`, path: `/${at}.png`, label: null, base };
    }),
  );
  const unsplit = { name, manifest: `/${name}.csv`, rows, validation, test: tested };
  const split = splitSets([unsplit], 0).get(name)!;
  return { name, test: tested, rows: { file: unsplit.manifest, rows, sha256: '' }, split };
}

test('rows that nothing is tested on since their patients are validated are told', (t) => {
  const sets = [setOf('val', 10, 3), setOf('site', 5, 6), setOf('none', 1, 5)];
  t.deepEqual(excludedRowsNotes({ sets }), [
    '7 of the 20 rows of "val", 4 of the 20 rows of "site" are not tested: they share photographs ("base") with validation rows; a lower ' +
      '"validation" leaves more',
  ]);
});

test('a few of them, and those of sets that are not tested, are not', (t) => {
  t.deepEqual(excludedRowsNotes({ sets: [setOf('val', 2, 3), setOf('untested', 10, 3, 0)] }), []);
});
