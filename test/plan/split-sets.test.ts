import test from 'ava';
import fc from 'fast-check';
import type { ManifestRow } from '../../manifests/manifest-row.js';
import { type SetSplit, splitSets, type UnsplitSet } from '../../pipeline/plan/split-sets.js';
import { InputError } from '../../stages/errors.js';
import { rowsOf } from '../rows-of.js';

function unsplit(
  name: string,
  bases: readonly string[],
  validation: number,
  limit: number | null,
): UnsplitSet {
  const rows = bases.map((base, index): ManifestRow => {
    return { id: `${name}/${index}`, path: `/data/${name}/${index}.png`, label: null, base };
  });
  return { name, manifest: `/data/${name}.csv`, rows: rowsOf(rows), validation, test: limit };
}

const letters = [...'abcdefghijklmnopqrst'];

test('validation and test split a set between them, each in manifest order', (t) => {
  const split = splitSets([unsplit('clean', letters, 6, null)], 1).get('clean')!;
  t.is(split.validation.length, 6);
  t.is(split.test.length, 14);
  t.is(split.excluded, 0);
  t.deepEqual(
    [...split.validation, ...split.test].sort((a, b) => a - b),
    letters.map((_, i) => i),
  );
  t.deepEqual(
    [...split.test],
    [...split.test].sort((a, b) => a - b),
  );
});

test('sets that share photographs draw the same ones, whatever the order of their manifests', (t) => {
  const reversed = [...letters].reverse();
  const splits = splitSets([unsplit('clean', letters, 6, null), unsplit('blurred', reversed, 6, null)], 7);
  const clean = Array.from(splits.get('clean')!.validation, (row) => letters[row]).sort();
  const blurred = Array.from(splits.get('blurred')!.validation, (row) => reversed[row]).sort();
  t.deepEqual(clean, blurred);
});

test('no photograph of any validation split is in any test split, and each left out is counted', (t) => {
  const base = fc.integer({ min: 0, max: 30 }).map(String);
  const bases = fc.array(base, { minLength: 40, maxLength: 80 });
  fc.assert(
    fc.property(
      bases,
      bases,
      fc.integer({ min: 1, max: 8 }),
      fc.integer(),
      (first, second, validation, seed) => {
        const sets = [unsplit('a', first, validation, null), unsplit('b', second, 1, 20)];
        let splits: ReturnType<typeof splitSets>;
        try {
          splits = splitSets(sets, seed);
        } catch (error) {
          t.true(error instanceof InputError);
          return;
        }
        const bases = (name: string, kind: 'validation' | 'test'): string[] => {
          const { rows } = sets.find((set) => set.name === name)!;
          return Array.from(splits.get(name)![kind], (row) => rows.baseAt(row));
        };
        const reserved = new Set([...bases('a', 'validation'), ...bases('b', 'validation')]);
        for (const name of ['a', 'b']) t.false(bases(name, 'test').some((item) => reserved.has(item)));
        const { validation: drawn, test: kept, excluded } = splits.get('a')!;
        t.is(drawn.length, validation);
        t.is(drawn.length + kept.length + excluded, first.length);
      },
    ),
  );
});

test('a limited test split is a subset of the unlimited one, and grows without losing rows', (t) => {
  const limited = (limit: number | null) => splitSets([unsplit('s', letters, 5, limit)], 3).get('s')!.test;
  const [three, nine, all] = [limited(3), limited(9), limited(null)];
  t.is(three.length, 3);
  t.is(nine.length, 9);
  t.true(three.every((row) => nine.includes(row)));
  t.true(nine.every((row) => all.includes(row)));
});

test('of rows of one photograph those with the first ids are drawn, wherever the manifest has them', (t) => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const order of [ids, ids.toReversed(), ['c', 'f', 'a', 'e', 'b', 'd']]) {
    const rows = [...order.map((id) => ({ id, base: 'many' })), { id: 'other', base: 'other' }];
    const listed = rowsOf(rows.map((row) => ({ ...row, path: `/data/${row.id}.png`, label: null })));
    const set = { name: 's', manifest: '/data/s.csv', rows: listed };
    // Of another photograph are the validation rows, in one seed out of two.
    const seed = [1, 2, 3, 4].find(
      (one) =>
        rows[splitSets([{ ...set, validation: 1, test: null }], one).get('s')!.validation[0]!]!.id ===
        'other',
    );
    const kept = splitSets([{ ...set, validation: 1, test: 3 }], seed!).get('s')!.test;
    t.deepEqual(Array.from(kept, (row) => rows[row]!.id).sort(), ['a', 'b', 'c'], order.join());
  }
});

test('another seed draws another split', (t) => {
  const draw = (seed: number) => [...splitSets([unsplit('s', letters, 8, null)], seed).get('s')!.validation];
  t.notDeepEqual(draw(1), draw(2));
});

test('asking for more validation rows than there are names the set, both numbers and the manifest', (t) => {
  const error = t.throws(() => splitSets([unsplit('tiny', ['a', 'b'], 3, null)], 1), {
    instanceOf: InputError,
  });
  t.regex(error.message, /^\/data\/tiny\.csv: set "tiny" has 2 rows, but 3 are asked/);
});

test('a set whose every photograph is in a validation split has nothing to test on', (t) => {
  const sets = [unsplit('clean', letters, 19, null), unsplit('copy', letters.slice(0, 2), 2, null)];
  t.throws(() => splitSets(sets, 1), {
    instanceOf: InputError,
    message: /"copy" has no rows left to test on/,
  });
});

test('a set of one photograph is told so, and not that it has too few images', (t) => {
  t.throws(() => splitSets([unsplit('one', ['a', 'a', 'a'], 1, null)], 1), {
    instanceOf: InputError,
    message:
      '/data/one.csv: set "one" has no rows left to test on: of 3 rows 1 are its validation split and the others share their photographs ' +
      '("base") with these; lower its "validation", or list images of other photographs',
  });
});

test('a set whose photographs others draw for validation is told of these, not of its own "validation"', (t) => {
  const sets = [
    unsplit('clean', letters, 20, 0),
    unsplit('other', ['?'], 1, 0),
    unsplit('shifted', letters, 0, null),
  ];
  t.throws(() => splitSets(sets, 1), {
    instanceOf: InputError,
    message:
      '/data/shifted.csv: set "shifted" has no rows left to test on: of 20 rows all share their photographs with what "clean" draws ' +
      'for validation; lower "validation" of "clean", or list images of other photographs',
  });
});

test('sets of the same photographs have the same split, in whatever order and whichever rows are of one photograph', (t) => {
  const twice = [...letters, ...letters];
  const sets = [
    unsplit('a', letters, 5, null),
    unsplit('b', letters, 5, null),
    unsplit('c', [...letters].reverse(), 5, null),
    unsplit('d', twice, 10, null),
    unsplit('e', letters, 5, 3),
  ];
  const together = splitSets(sets, 1);
  for (const set of sets) {
    const { bases } = basesOf(set, together);
    t.deepEqual(bases('validation'), basesOf(sets[0]!, together).bases('validation'), set.name);
  }
  t.deepEqual(together.get('b'), together.get('a'));
  t.is(together.get('e')!.test.length, 3);
  t.is(together.get('d')!.test.length, 30);
});

const basesOf = ({ name, rows }: UnsplitSet, splits: ReadonlyMap<string, SetSplit>) => ({
  bases: (part: 'validation' | 'test') =>
    [...new Set([...splits.get(name)![part]].map((row) => rows.baseAt(row)))].sort(),
});
