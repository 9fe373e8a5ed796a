import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import * as library from 'grodin';
import { describeThrown, thrownAgain } from '../../pipeline/processes/thrown.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Where classes of errors may be declared: the library exports all that these files do. */
const lists = ['stages/errors.ts', 'pipeline/inputs/image-errors.ts'];

const declaring = /^export class (\w+) extends (\w+)/gm;

test('every class of error is declared where the library exports it from', async (t) => {
  const declared: { readonly name: string; readonly base: string; readonly file: string }[] = [];
  for (const floor of ['stages', 'manifests', 'workers', 'pipeline', 'scripts'])
    for (const name of await readdir(`${root}${floor}`, { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const file = `${floor}/${name}`;
      for (const [, own = '', base = ''] of (await readFile(root + file, 'utf8')).matchAll(declaring))
        declared.push({ name: own, base, file });
    }
  const ours = new Set(['GrodinError']);
  for (let before = 0; before < ours.size; ) {
    before = ours.size;
    for (const { name, base } of declared) if (ours.has(base)) ours.add(name);
  }
  const thrown = declared.filter(({ name }) => ours.has(name));
  t.true(thrown.length >= 10);
  t.deepEqual(
    thrown.filter(({ file }) => !lists.includes(file)),
    [],
  );
  t.deepEqual(
    [...ours].filter((name) => !(name in library)),
    [],
  );
});

test('an error of every class is of that class in the process that it is sent to', (t) => {
  const rows = [{ model: 'net', set: 'clean', image: '0.png', stage: 'decoding', message: 'bad' }] as const;
  const { GrodinError, BadImagesError, MissingImagesError, ...others } = library;
  const plain = Object.values(others).filter(
    (one): one is typeof library.InputError => 'prototype' in one && one.prototype instanceof GrodinError,
  );
  t.true(plain.length >= 8);
  const errors = [
    new BadImagesError('said', rows),
    new MissingImagesError('said', rows),
    ...plain.map((Kind) => new Kind('said')),
  ];
  for (const error of errors) {
    const again = thrownAgain(structuredClone(describeThrown(error)));
    t.is(again.constructor, error.constructor, error.name);
    t.like(again, { ...error, message: 'said' });
  }
});
