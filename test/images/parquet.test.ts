import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { itemPath } from '../../manifests/location.js';
import { imageFiles } from '../../workers/images/image-file.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { ImageError } from '../../workers/images/source.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Leaves pixels as they are, in units of 1/255. */
const plain: Preprocess = {
  resize: null,
  interpolation: 'bilinear',
  crop: null,
  mean: [0, 0, 0],
  std: [1 / 255, 1 / 255, 1 / 255],
};

const shape = { channels: 3, height: 6, width: 8 };
const folder = fileURLToPath(new URL('../../../test/images/parquet/', import.meta.url));
const file = (name: string): string => join(folder, `${name}.parquet`);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Expected = readonly ({ readonly bytes: string; readonly pixels: string } | null)[];
const expected: Readonly<Record<string, Expected>> = JSON.parse(
  await readFile(join(folder, 'expected.json'), 'utf8'),
);

const whole = await readFile(file('plain-gzip'));

/** Planes as pixels, as Pillow has them. */
function pixelsOf(planes: Float32Array): Uint8Array {
  const size = planes.length / 3;
  return Uint8Array.from(planes, (_, at) => Math.round(planes[(at % 3) * size + Math.floor(at / 3)] ?? 0));
}

for (const [name, images] of Object.entries(expected))
  test(`images of the table ${name} are those that pyarrow and Pillow read, in any order`, async (t) => {
    const source = imageFiles();
    const rows = [...images.keys()];
    for (const order of [rows, rows.toReversed()])
      for (const row of order) {
        const image = images[row];
        const path = itemPath(file(name), row, name === 'two-columns' ? 'right' : null);
        if (image) {
          const { data, sha256: digest } = await source.read(path, plain, shape);
          t.is(digest, image.bytes);
          t.is(sha256(pixelsOf(data)), image.pixels);
        } else await t.throwsAsync(source.read(path, plain, shape), { instanceOf: ImageError });
      }
  });

test('images that are asked for at once are each their own', async (t) => {
  const source = imageFiles();
  const images = expected['fallback-none'] ?? [];
  const digests = await Promise.all(
    images.map(
      async (_, row) => (await source.read(itemPath(file('fallback-none'), row), plain, shape)).sha256,
    ),
  );
  t.deepEqual(
    digests,
    images.map((image) => image?.bytes),
  );
});

const said = async (t: ExecutionContext, path: string): Promise<string> => {
  const error = await t.throwsAsync(imageFiles().read(path, plain, shape), { instanceOf: ImageError });
  t.true(error.message.startsWith(`${path}: `));
  return error.message.slice(path.length + 2);
};

for (const [name, row, message] of [
  ['nulls', 1, 'the row has no image (null); leave it out of the manifest'],
  [
    'nulls',
    2,
    'the image is given by its path alone; write the table again with the files in it: ds.push_to_hub(…, embed_external_files=True)',
  ],
  ['nulls', 4, 'the image is empty (0 bytes); write it again from its source'],
  ['nulls', 6, 'there is no row 6: the table has 6, counted from 0'],
  ['lz4', 0, 'is compressed by LZ4_RAW, which is not read; write it again with snappy, gzip or zstd'],
  [
    'delta',
    0,
    "column image.bytes is encoded as DELTA_LENGTH_BYTE_ARRAY, which is not read; write it with pyarrow's usual encodings, PLAIN or by dictionary",
  ],
  [
    'lists',
    0,
    "has no column of images, {bytes, path} as Hugging Face's libraries write them; it has images, label",
  ],
  ['two-columns', 0, 'has several columns of images (left, right); say which is meant'],
  ['encrypted', 0, 'is an encrypted Parquet file, which is not read; write it again without encryption'],
  [
    'encrypted-column',
    0,
    'column image.bytes is encrypted, or in another file, which is not read; write the table as one plain file',
  ],
] as const)
  test(`row ${row} of the table ${name} makes an error that says why`, async (t) => {
    t.is(await said(t, itemPath(file(name), row)), message);
  });

test('a column that a table has not, or that holds no images, makes an error of its image', async (t) => {
  t.is(await said(t, itemPath(file('bytes'), 0, 'img')), 'has no column "img"; it has image, label');
  t.is(
    await said(t, itemPath(file('bytes'), 0, 'label')),
    'column "label" is of type INT32, and no image a row: expected bytes, or {bytes, path}; name another',
  );
  t.is(
    await said(t, itemPath(file('lists'), 0, 'images')),
    'column "images" is a list, and no image a row: expected bytes, or {bytes, path}; write the table again with one image a row',
  );
});

const footerStart = whole.length - 8 - whole.readUInt32LE(whole.length - 8);
const changed = (at: number, ...bytes: readonly number[]): Buffer => {
  const copy = Buffer.from(whole);
  copy.set(bytes, at < 0 ? copy.length + at : at);
  return copy;
};

for (const [what, content, message] of [
  [
    'is cut off',
    whole.subarray(0, 2000),
    'is cut off: a Parquet file ends with PAR1; restore it from its source',
  ],
  ['is empty', Buffer.alloc(0), 'is no Parquet file: it does not begin with PAR1; check the path'],
  [
    'is only its beginning',
    Buffer.from('PAR1'),
    'is cut off: a Parquet file ends with PAR1; restore it from its source',
  ],
  [
    'is a pointer of Git LFS',
    Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'),
    'is a pointer of Git LFS, not the file itself; get it with: git lfs pull',
  ],
  [
    'is another file',
    Buffer.from('hello, this is no table'),
    'is no Parquet file: it does not begin with PAR1; check the path',
  ],
  [
    'claims a footer beyond itself',
    changed(-8, 255, 255, 255, 127),
    'is damaged: its footer claims 2147483647 bytes; restore it from its source',
  ],
  [
    'has a footer of other bytes',
    changed(footerStart, ...Array.from({ length: 100 }, () => 0xf9)),
    'is damaged: its footer can not be read; restore it from its source',
  ],
  [
    'has lost its middle',
    Buffer.concat([whole.subarray(0, 300), whole.subarray(-2600)]),
    /^is cut off or damaged: column |^is damaged: /,
  ],
  [
    'has another byte in a page',
    changed(1000, 1, 2, 3, 4),
    /^the page at byte \d+ is damaged; restore the file from its source$/,
  ],
] as const)
  test(`a table that ${what} makes errors of its images`, async (t) => {
    const path = join(await temporaryFolder(t), 'a.parquet');
    await writeFile(path, content);
    const found = await said(t, itemPath(path, 0));
    if (typeof message === 'string') t.is(found, message);
    else t.regex(found, message);
  });

test('a table that is written anew is read anew', async (t) => {
  const path = join(await temporaryFolder(t), 'a.parquet');
  const source = imageFiles();
  for (const name of ['plain-zstd', 'dictionary-snappy']) {
    await writeFile(path, await readFile(file(name)));
    t.is((await source.read(itemPath(path, 11), plain, shape)).sha256, expected[name]?.[11]?.bytes ?? '');
  }
});

/** Numbers that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test('whatever bytes of a table are changed, an image is read or makes an error', async (t) => {
  const random = numbers(22);
  const path = join(await temporaryFolder(t), 'a.parquet');
  const source = imageFiles();
  for (const name of ['dictionary-snappy', 'plain-zstd', 'fallback-none', 'dictionary-brotli', 'nulls']) {
    const content = await readFile(file(name));
    for (let round = 0; round < 60; round++) {
      const copy = Buffer.from(content);
      // Every second time in the footer, of which more depends.
      const from = round % 2 === 0 ? 0 : content.length - content.readUInt32LE(content.length - 8) - 8;
      for (let change = 0; change < 3; change++)
        copy[from + Math.floor(random() * (content.length - from))] = Math.floor(random() * 256);
      await writeFile(path, copy);
      for (const row of [0, 5])
        await source.read(itemPath(path, row), plain, shape).then(
          () => t.pass(),
          (error: unknown) => t.true(error instanceof ImageError, String(error)),
        );
    }
  }
});
