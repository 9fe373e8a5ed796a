import { readFile } from 'node:fs/promises';
import test from 'ava';
import { ensembleMeasures } from '../../stages/ensembles/measures.js';
import { Members } from '../../stages/ensembles/members.js';

interface Golden {
  readonly logits: readonly (readonly number[])[];
  readonly measures: Readonly<Record<string, number>>;
}

const golden: readonly Golden[] = JSON.parse(
  await readFile(new URL('../../../test/ensembles/measures.json', import.meta.url), 'utf8'),
);

for (const { name, value } of ensembleMeasures)
  test(`${name} is what its definition gives in 220 digits, for logits 150 apart too`, (t) => {
    for (const [index, one] of golden.entries()) {
      const found = value(new Members(one.logits));
      const expected = one.measures[name]!;
      t.true(
        Math.abs(found - expected) <= 1e-12 * Math.abs(expected) + 1e-200,
        `case ${index}: ${found} instead of ${expected}`,
      );
    }
  });

test('the six measures are those of the golden file', (t) => {
  t.deepEqual(
    Object.keys(golden[0]!.measures),
    ensembleMeasures.map(({ name }) => name),
  );
});

test('knowledge is split into what lies in the data and what members disagree on', (t) => {
  for (const { logits } of golden) {
    const members = new Members(logits);
    const of = Object.fromEntries(ensembleMeasures.map(({ name, value }) => [name, value(members)]));
    t.true(Math.abs(of.EoE! - of.ExE! - of.MI!) < 1e-12);
    t.true(Math.abs(of.EPKL! - of.MI! - of.MKL!) < 1e-12 * Math.max(1, of.EPKL!));
    for (const name of ['MI', 'EPKL', 'MKL']) t.true(of[name]! >= 0, name);
  }
});

test('members that are equal disagree on nothing at all, however large their logits are', (t) => {
  for (const { logits } of golden) {
    const members = new Members([logits[0]!, logits[0]!, logits[0]!]);
    for (const { name, value } of ensembleMeasures)
      if (['MI', 'EPKL', 'MKL'].includes(name)) t.is(value(members), 0, name);
  }
});

test('a planted image on which members disagree is larger in every measure than one on which all are sure', (t) => {
  const sure = new Members([0, 1, 2].map((member) => [9 + member / 10, 0, 0, member / 5]));
  const torn = new Members([0, 1, 2].map((member) => [0, 1, 2, 3].map((c) => (c === member ? 6 : 0))));
  for (const { name, value } of ensembleMeasures) t.true(value(torn) > value(sure), name);
});
