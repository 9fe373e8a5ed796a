import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { parquetBuilder } from '../../manifests/builders/parquet.js';
import { InputError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

const folder = fileURLToPath(new URL('../../../test/images/parquet/', import.meta.url));
const file = (name: string): string => join(folder, `${name}.parquet`);
const entriesOf = async (name: string, options: Record<string, string | boolean> = {}) =>
  (await parquetBuilder.buildFrom([file(name)], options)).entries;

for (const name of ['dictionary-snappy', 'fallback-none', 'plain-zstd', 'plain-gzip', 'dictionary-brotli'])
  test(`rows of the table ${name} are listed with their labels, called as the table calls them`, async (t) => {
    t.deepEqual(
      await entriesOf(name),
      Array.from({ length: 12 }, (_, row) => ({
        path: `${file(name)}#${row}`,
        label: row % 3,
        id: `n${row % 3}/img_${row}.png`,
      })),
    );
  });

test('photographs are known by path or name, and labels can be left out', async (t) => {
  const [first] = await entriesOf('plain-zstd', { base: 'path', labels: false });
  t.deepEqual(first, { path: `${file('plain-zstd')}#0`, label: null, id: 'n0/img_0.png', base: 'n0/img_0' });
  t.is((await entriesOf('plain-zstd', { base: 'name' }))[4]?.base, 'img_4');
});

test('labels of -1 and null are unknown, and images without a path have their place as id', async (t) => {
  t.deepEqual(await entriesOf('bytes'), [
    { path: `${file('bytes')}#0`, label: 0 },
    { path: `${file('bytes')}#1`, label: null },
    { path: `${file('bytes')}#2`, label: 2 },
  ]);
  const nulls = await entriesOf('nulls');
  t.deepEqual(
    nulls.map(({ label }) => label),
    [0, 1, null, null, 2, 1],
  );
  t.true(nulls.every(({ id }) => id === undefined));
});

test('a column that must be said is part of the path of its images', async (t) => {
  const [first] = await entriesOf('two-columns', { imageColumn: 'right', labelColumn: 'fine' });
  t.is(first?.path, `${file('two-columns')}#0:right`);
  t.is((await entriesOf('bytes', { imageColumn: 'image' }))[0]?.path, `${file('bytes')}#0`);
});

test('runs of one label are read, in a column that may hold null and in one that may not', async (t) => {
  const labels = (await entriesOf('large-runs')).map(({ label }) => label);
  t.deepEqual(
    labels,
    Array.from({ length: 700 }, (_, row) => Math.floor(row / 300)),
  );
  t.deepEqual(
    (await entriesOf('required')).map(({ label }) => label),
    [0, 1, 2],
  );
});

test('texts and named classes get the places that a list of classes gives them', async (t) => {
  const lists = await temporaryFolder(t, {
    animals: 'cat\ndog\n',
    fishes: 'goldfish\ngreat white shark\ntench\n',
    few: 'goldfish\n',
  });
  const labels = async (name: string, classes: string) =>
    (await entriesOf(name, { classes: join(lists, classes) })).map(({ label }) => label);
  t.deepEqual(await labels('texts', 'animals'), [1, 0, null, 1]);
  t.deepEqual((await labels('plain-zstd', 'fishes')).slice(0, 4), [2, 0, 1, 2]);
  await t.throwsAsync(labels('plain-zstd', 'few'), {
    instanceOf: InputError,
    message: `${file('plain-zstd')}: row 0 has class "tench", which is not in ${join(lists, 'few')}; add it, or use --no-labels for classes the model never saw`,
  });
  await t.throwsAsync(labels('bytes', 'animals'), {
    message: `${file('bytes')}: column "label" holds class indices, and the file has no names for them that --classes could order; leave it out`,
  });
});

test('several files become one manifest, in their order', async (t) => {
  const { entries } = await parquetBuilder.buildFrom([file('required'), file('bytes')], { labels: false });
  t.deepEqual(
    entries.map(({ path }) => path),
    ['required', 'bytes'].flatMap((name) => [0, 1, 2].map((row) => `${file(name)}#${row}`)),
  );
  // Both tables call their images alike.
  const twice = await parquetBuilder.buildFrom([file('plain-gzip'), file('plain-zstd')], {});
  t.is(twice.entries.length, 24);
  t.true(twice.entries.every(({ id }) => id === undefined));
  await t.throwsAsync(parquetBuilder.buildFrom([file('bytes'), file('bytes')], {}), {
    instanceOf: InputError,
    message: `${file('bytes')}: is given twice; give it once`,
  });
  await t.throwsAsync(parquetBuilder.buildFrom([file('plain-gzip'), file('bytes')], {}), {
    instanceOf: InputError,
    message:
      /bytes\.parquet: names its classes otherwise than .*plain-gzip\.parquet, so that their indices differ; list the names with --classes FILE$/,
  });
});

for (const [name, options, message] of [
  [
    'two-columns',
    { labelColumn: 'fine' },
    'has several columns of images (left, right); say which is meant; name it with --image-column',
  ],
  [
    'two-columns',
    { imageColumn: 'left' },
    'has no column "label" of labels; it has left, right, fine: name it with --label-column, or use --no-labels',
  ],
  ['two-columns', { imageColumn: 'middle' }, 'has no column "middle"; it has left, right, fine'],
  [
    'paths',
    {},
    'all its images are null, or given by their paths alone; write the table again with the files in it: ds.push_to_hub(…, embed_external_files=True)',
  ],
  [
    'texts',
    {},
    'column "label" holds texts; list them in the order of the model\'s classes with --classes FILE',
  ],
  ['fractions', {}, 'column "label" holds neither class indices nor texts; name another with --label-column'],
  [
    'outside',
    {},
    'row 1 has label 3, which is no class index; expected one of the 3 classes that the file names, or -1 if unknown',
  ],
  [
    'lists',
    { imageColumn: 'images' },
    'column "images" is a list, and no image a row: expected bytes, or {bytes, path}; write the table again with one image a row',
  ],
  // Nothing of the columns of images themselves is read to list them.
  [
    'delta',
    { labels: false },
    "column image.bytes is encoded as DELTA_LENGTH_BYTE_ARRAY, which is not read; write it with pyarrow's usual encodings, PLAIN or by dictionary",
  ],
  [
    'lz4',
    { imageColumn: 'image' },
    'is compressed by LZ4_RAW, which is not read; write it again with snappy, gzip or zstd',
  ],
  [
    'encrypted-column',
    {},
    'column image.bytes is encrypted, or in another file, which is not read; write the table as one plain file',
  ],
  ['bytes', { base: 'name' }, 'row 0 has no path, which --base takes the photograph from; leave it out'],
  ['encrypted', {}, 'is an encrypted Parquet file, which is not read; write it again without encryption'],
  ['no', {}, 'no such file; expected a Parquet file'],
] as const)
  test(`the table ${name} with ${JSON.stringify(options)} is refused in one line`, async (t) => {
    await t.throwsAsync(parquetBuilder.buildFrom([file(name)], options), {
      instanceOf: InputError,
      message: `${file(name)}: ${message}`,
    });
  });

test('a file whose name says something else, and a folder, are refused', async (t) => {
  const own = await temporaryFolder(t, { 'data.parquet/a.txt': '' });
  await copyFile(file('bytes'), join(own, 'a.pq'));
  await writeFile(join(own, 'b.parquet'), 'hello, this is no table');
  for (const [name, message] of [
    [
      'a.pq',
      /a\.pq: its name does not end in \.parquet, by which images in it are known from image files; rename it$/,
    ],
    ['data.parquet', /data\.parquet: is a folder; expected a Parquet file$/],
    ['b.parquet', /b\.parquet: is no Parquet file: it does not begin with PAR1; check the path$/],
  ] as const)
    await t.throwsAsync(parquetBuilder.buildFrom([join(own, name)], {}), { instanceOf: InputError, message });
});
