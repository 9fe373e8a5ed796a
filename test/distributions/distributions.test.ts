import { readFileSync } from 'node:fs';
import test from 'ava';
import { chiSquareAbove } from '../../stages/distributions/chi-square.js';
import { fAbove } from '../../stages/distributions/f.js';
import {
  normalAbove,
  normalBelow,
  normalQuantile,
  normalTwoSided,
} from '../../stages/distributions/normal.js';
import {
  studentizedRangeBelow,
  studentizedRangeQuantile,
} from '../../stages/distributions/studentized-range.js';

// Made by scripts/golden/distributions.py: each row is the arguments, then SciPy's value.
const golden: Readonly<Record<string, readonly (readonly number[])[]>> = JSON.parse(
  readFileSync(new URL('../../../test/distributions/golden.json', import.meta.url), 'utf8'),
);

const functions: Readonly<
  Record<
    string,
    readonly [of: (a: number, b: number, c: number) => number, relative: number, absolute: number]
  >
> = {
  normalAbove: [normalAbove, 2e-13, 0],
  // Near p = 0.5 the probability itself is rounded.
  normalQuantile: [normalQuantile, 1e-13, 3e-16],
  chiSquareAbove: [chiSquareAbove, 2e-13, 0],
  fAbove: [fAbove, 1e-12, 0],
  // SciPy integrates to about as much.
  studentizedRangeBelow: [studentizedRangeBelow, 1e-11, 1e-12],
  studentizedRangeQuantile: [studentizedRangeQuantile, 1e-9, 0],
};

for (const [name, [of, relative, absolute]] of Object.entries(functions))
  test(`${name} equals SciPy's to ${relative}`, (t) => {
    const rows = golden[name] ?? [];
    t.true(rows.length > 9);
    for (const row of rows) {
      const [a = 0, b = 0, c = 0] = row;
      const expected = row.at(-1) ?? Number.NaN;
      const found = of(a, b, c);
      const isClose =
        found === expected || Math.abs(found - expected) <= relative * Math.abs(expected) + absolute;
      t.true(isClose, `${name}(${row.slice(0, -1).join(', ')}) = ${found}, expected ${expected}`);
    }
  });

test('both tails of a normal variable fit each other, and nothing leaves [0, 1]', (t) => {
  for (const z of [0, 0.1, 1.6, 1.8, 4, 8]) {
    t.is(normalBelow(-z), normalAbove(z));
    t.true(Math.abs(normalTwoSided(z) - 2 * normalAbove(z)) < 1e-16);
  }
  t.is(normalAbove(Number.POSITIVE_INFINITY), 0);
  t.is(normalQuantile(0), Number.NEGATIVE_INFINITY);
  t.is(normalQuantile(1), Number.POSITIVE_INFINITY);
  t.is(chiSquareAbove(Number.POSITIVE_INFINITY, 3), 0);
  t.is(fAbove(Number.POSITIVE_INFINITY, 3, 9), 0);
});
