import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readManifest } from '../../manifests/read-manifest.js';
import { readManifests } from '../../pipeline/opening/read-manifests.js';
import { InputError } from '../../stages/errors.js';
import { temporaryFolder } from '../temporary-folder.js';

/** A manifest of some megabytes, with ids and bases of every kind: the usual ones, parts of the path, and others. */
const large = (set: string): string => {
  const lines = ['path,label,id,base'];
  for (let row = 0; row < 10_000; row += 1) {
    const name = `photograph ${set} ${row} é`;
    const path = `../${set}/${'deep/'.repeat(120)}${name}.JPEG`;
    lines.push(
      `${path},${row % 7 === 0 ? '' : row % 1000},${row % 3 === 0 ? name : ''},${row % 5 === 0 ? `base ${row}` : ''}`,
    );
  }
  return `${lines.join('\n')}\n`;
};

test('manifests that are read in threads are those that are read one by one', async (t) => {
  const folder = await temporaryFolder(t);
  const files = ['a', 'b', 'c'].map((set) => join(folder, `${set}.csv`));
  await Promise.all(files.map((file, i) => writeFile(file, large('abc'[i] ?? ''))));
  const [a = '', b = '', c = ''] = files;
  const read = await readManifests([a, b, a, c]);
  t.deepEqual([...read.keys()], files);
  for (const file of files) {
    const expected = await readManifest(file);
    const found = read.get(file);
    t.is(found?.sha256, expected.sha256);
    t.is(found?.file, expected.file);
    for (const row of [0, 1, 3, 5, 7, 15, 9_999]) {
      t.deepEqual(found?.rows.at(row), expected.rows.at(row));
      t.is(found?.rows.placeAt(row), expected.rows.placeAt(row));
    }
  }
});

test('what is wrong with a manifest that a thread reads is said as ever', async (t) => {
  const folder = await temporaryFolder(t);
  const [good, bad] = [join(folder, 'good.csv'), join(folder, 'bad.csv')];
  await writeFile(good, large('good'));
  await writeFile(bad, `${large('bad')}x.png,one,,\n`);
  const error = await t.throwsAsync(readManifests([good, bad]), { instanceOf: InputError });
  t.true(error.message.startsWith(`${bad}:10002: label "one" is not a class index`), error.message);
  const missing = join(folder, 'missing.csv');
  const other = await t.throwsAsync(readManifests([good, missing, bad]), { instanceOf: InputError });
  t.true(other.message.startsWith(missing), other.message);
});
