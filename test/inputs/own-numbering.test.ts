import test from 'ava';
import { ownNumberingNotes } from '../../pipeline/inputs/own-numbering.js';
import type { OpenSet } from '../../pipeline/opening/opened.js';
import { rowsOf } from '../rows-of.js';

function set(
  name: string,
  labels: readonly (number | null)[],
  role: OpenSet['role'] = 'outlier',
): Pick<OpenSet, 'name' | 'role' | 'rows'> {
  const rows = labels.map((label, at) => ({ id: `${at}`, path: `/${at}.png`, label, base: `${at}` }));
  return { name, role, rows: { file: `/${name}.csv`, rows: rowsOf(rows), sha256: '' } };
}

const inDomain = set('val', [0, 1, 2, 3, 4, 5], 'in-domain');

test('sets that are labelled by their own folders are named in one line', (t) => {
  const sets = [inDomain, set('one', [0, 0, null]), set('r', [2, 0, 1, 1], 'covariate-shifted')];
  t.deepEqual(ownNumberingNotes({ sets }), [
    'labels of "one" are all 0, of "r" are 0 to 2, and those of "val" go to 5: class folders that are listed by themselves ' +
      "are numbered so; where they are not the networks' first classes, accuracy and calibration mean nothing: build the manifest with " +
      '--no-labels, or with --classes',
  ]);
  const many = Array.from({ length: 7 }, (_, at) => set(`s${at}`, [0]));
  t.regex(ownNumberingNotes({ sets: [inDomain, ...many] })[0] ?? '', /"s4" are all 0 \(and 2 more sets\)/);
});

test('labels of other classes, of all of them, none, and those of sets that are corrupted are not', (t) => {
  const corrupt = {} as unknown as NonNullable<OpenSet['rows']['corrupt']>;
  const one = set('fog', [0]);
  const fine = [
    ...[set('a', [1, 2]), set('all', [5, 4, 3, 2, 1, 0]), set('none', [null]), set('gap', [0, 2])],
    { ...one, rows: { ...one.rows, corrupt } },
  ];
  t.deepEqual(ownNumberingNotes({ sets: [inDomain, ...fine] }), []);
  t.deepEqual(ownNumberingNotes({ sets: [set('val', [null], 'in-domain'), set('one', [0])] }), []);
});
