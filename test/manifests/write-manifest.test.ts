import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { archivedPath, itemPath } from '../../manifests/location.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { type ManifestEntry, writeManifest } from '../../manifests/write-manifest.js';
import { InputError } from '../../stages/errors.js';
import { temporaryFolder } from '../temporary-folder.js';

test('columns that would say nothing are left out', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'lists/m.csv');
  await writeManifest(file, [
    { path: join(folder, 'a.png'), label: null },
    { path: join(folder, 'lists/b.png'), label: null, id: 'b.png', base: 'b.png' },
  ]);
  t.is(await readFile(file, 'utf8'), 'path\n../a.png\nb.png\n');
});

test('labels, ids and base images are written where any row has them', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'm.csv');
  await writeManifest(file, [
    { path: join(folder, 'a.png'), label: 4, id: 'one' },
    { path: join(folder, 'b,c.png'), label: null, base: 'photo' },
  ]);
  t.is(await readFile(file, 'utf8'), 'path,label,id,base\na.png,4,one,one\n"b,c.png",,"b,c.png",photo\n');
});

test('images in archives are written by their bytes, and those in files of many by their number', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'lists/m.csv');
  const { rows } = await writeManifest(file, [
    { path: archivedPath(join(folder, 'val.tar'), 512, 77), label: 4, id: 'one.JPEG' },
    { path: itemPath(join(folder, 'fog.npy'), 3), label: null },
  ]);
  t.is(
    await readFile(file, 'utf8'),
    'path,offset,length,label,id\n../val.tar,512,77,4,one.JPEG\n../fog.npy#3,,,,../fog.npy#3\n',
  );
  t.deepEqual(
    [...rows].map(({ path }) => path),
    [join(folder, 'val.tar#512+77'), join(folder, 'fog.npy#3')],
  );
});

test('nothing is left beside a written manifest, and a rewritten one replaces the old', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'm.csv');
  await writeManifest(file, [{ path: join(folder, 'a.png'), label: 4 }]);
  await writeManifest(file, [{ path: join(folder, 'b.png'), label: 5 }]);
  t.deepEqual(await readdir(folder), ['m.csv']);
  t.is(await readFile(file, 'utf8'), 'path,label\nb.png,5\n');
});

test('a place that can not be written is refused and named', async (t) => {
  const folder = await temporaryFolder(t, { taken: 'a file, not a folder' });
  const file = join(folder, 'taken/m.csv');
  const error = await t.throwsAsync(writeManifest(file, [{ path: 'a.png', label: 0 }]), {
    instanceOf: InputError,
  });
  t.is(
    error.message,
    `${join(folder, 'taken')}: is a file where a folder is expected; choose another place (EEXIST)`,
  );
});

test('whatever is written is read back as it was', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'm.csv');
  // File names as file systems have them: anything but a slash, NUL, and the names with a meaning of their own.
  const name = fc
    .string({
      unit: fc.constantFrom('a', 'B', ' ', ',', '"', '\n', '\r', "'", 'é', '☃', '.', '-', '\uFEFF'),
      minLength: 1,
      maxLength: 8,
    })
    .map((text) => `${text}x`);
  const entry = fc.record({
    name,
    label: fc.option(fc.nat({ max: 2 ** 31 - 1 })),
    base: fc.option(name, { nil: undefined }),
  });
  const entries = fc.uniqueArray(entry, { selector: (row) => row.name, minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(entries, async (rows) => {
      const written = rows.map(
        ({ name, label, base }): ManifestEntry => ({
          path: join(folder, name),
          label,
          ...(base === undefined ? {} : { base }),
        }),
      );
      await writeManifest(file, written);
      const read = await readManifest(file);
      t.deepEqual(
        [...read.rows],
        rows.map(({ name, label, base }) => ({
          id: name,
          path: join(folder, name),
          label,
          base: base ?? name,
        })),
      );
      // Writing what was read changes nothing, whichever defaults the reader spelled out.
      await writeManifest(file, [...read.rows]);
      t.is((await readManifest(file)).sha256, read.sha256);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('a first line says what a manifest is of, and its sha256 is that of the rows as they are read', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'lists/m.csv');
  const rows = [
    { path: archivedPath(join(folder, 'val.tar'), 512, 77), label: 4, id: 'one.JPEG' },
    { path: join(folder, 'b"c,\n#.png'), label: null, id: '', base: '' },
    { path: itemPath(join(folder, 'fog.npy'), 3), label: 7 },
  ];
  const plain = await writeManifest(file, rows);
  const { header, sha256 } = await writeManifest(file, rows, {
    dataset: 'fog "5"\n',
    preprocess: 'imagenet-c',
  });
  t.is(sha256, plain.sha256, 'runs know the rows by it, with a header or without');
  t.deepEqual(header, { dataset: 'fog "5"\n', preprocess: 'imagenet-c', sha256 });
  const [first] = (await readFile(file, 'utf8')).split('\n');
  t.is(
    first,
    `# grodin manifest {"dataset":"fog \\"5\\"\\n","preprocess":"imagenet-c","sha256":"${sha256}"}`,
  );
});
