import { createHash } from 'node:crypto';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import { archivedPath, itemPath } from '../../manifests/location.js';
import { contentDigest } from '../../pipeline/inputs/content-digest.js';
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

const shape = { channels: 3, height: 2, width: 3 };

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const levelsOf = async (path: string): Promise<readonly number[]> =>
  Array.from((await imageFiles().read(path, plain, shape)).data, Math.round);

/** Images [N, 2, 3, channels] of bytes counted up, as numpy.save writes them. */
function stack(count: number, channels: 1 | 3, header?: string): Buffer {
  const dims = channels === 3 ? `(${count}, 2, 3, 3)` : `(${count}, 2, 3)`;
  const text = header ?? `{'descr': '|u1', 'fortran_order': False, 'shape': ${dims}, }`;
  const padded = `${text.padEnd(117)}\n`;
  const beginning = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length, 0]);
  const elements = Buffer.from(Array.from({ length: count * 6 * channels }, (_, i) => i % 256));
  return Buffer.concat([beginning, Buffer.from(padded), elements]);
}

async function saved(t: ExecutionContext, name: string, content: Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(t), name);
  await writeFile(file, content);
  return file;
}

async function png(level: number): Promise<Buffer> {
  const pixels = Buffer.from(Array.from({ length: 18 }, (_, i) => level + i));
  return sharp(pixels, { raw: { width: 3, height: 2, channels: 3 } })
    .png()
    .toBuffer();
}

test('an image in an archive is read from its bytes alone, and its digest is theirs', async (t) => {
  const [first, second] = [await png(10), await png(60)];
  const content = Buffer.concat([Buffer.alloc(512), first, Buffer.alloc(100), second, Buffer.alloc(1024)]);
  const file = await saved(t, 'val.tar', content);
  const path = archivedPath(file, 612 + first.length, second.length);
  const image = await imageFiles().read(path, plain, shape);
  t.deepEqual(Array.from(image.data.subarray(0, 6), Math.round), [60, 63, 66, 69, 72, 75]);
  t.is(image.sha256, sha256(second));
  t.is(await contentDigest(path), sha256(second));
});

test('an image without a byte in an archive is an error that says so, with the digest of nothing', async (t) => {
  const file = await saved(t, 'val.tar', Buffer.alloc(1024));
  const path = archivedPath(file, 512, 0);
  const error = await t.throwsAsync(imageFiles().read(path, plain, shape), {
    instanceOf: ImageError,
    message: `${path}: the image is empty (0 bytes) in its archive; restore the archive from its source`,
  });
  t.is(error.sha256, sha256(Buffer.alloc(0)));
  t.is(await contentDigest(path), error.sha256);
});

test('an archive that ends before an image makes an error of that image', async (t) => {
  const file = await saved(t, 'val.tar', Buffer.alloc(1000));
  await t.throwsAsync(imageFiles().read(archivedPath(file, 900, 101), plain, shape), {
    instanceOf: ImageError,
    message: `${file}#900+101: the archive has 1000 bytes and ends before this image does; make its manifest again, or restore it`,
  });
});

test('images of a stack are read by number, in colours and in grey', async (t) => {
  const colours = await saved(t, 'fog.npy', stack(4, 3));
  // [H, W, 3] becomes [3, H, W].
  t.deepEqual((await levelsOf(itemPath(colours, 2))).slice(0, 8), [36, 39, 42, 45, 48, 51, 37, 40]);
  const { sha256: digest } = await imageFiles().read(itemPath(colours, 2), plain, shape);
  t.is(digest, sha256(stack(4, 3).subarray(-36, -18)));
  const grey = await saved(t, 'grey.npy', stack(4, 1));
  t.deepEqual((await levelsOf(itemPath(grey, 1))).slice(4), [10, 11, 6, 7, 8, 9, 10, 11, 6, 7, 8, 9, 10, 11]);
});

test('a stack that is written anew is read anew', async (t) => {
  const source = imageFiles();
  const file = await saved(t, 'fog.npy', stack(4, 3));
  await source.read(itemPath(file, 3), plain, shape);
  await writeFile(file, stack(3, 3));
  await t.throwsAsync(source.read(itemPath(file, 3), plain, shape), {
    message: `${file}#3: there is no image 3: the stack has 3, counted from 0`,
  });
});

for (const [what, content, message] of [
  [
    'is another file',
    Buffer.from('hello, this is no array'),
    'is no array of NumPy; save it with numpy.save',
  ],
  ['is empty', Buffer.alloc(0), 'is no array of NumPy; save it with numpy.save'],
  [
    'holds fractions',
    stack(4, 3, "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2, 3, 3), }"),
    'holds elements of type <f4, expected bytes (uint8), 0 to 255 of each colour; save images.astype("uint8"), or (255 * images).round().astype("uint8") where they are fractions of 1',
  ],
  [
    'holds one image',
    stack(1, 3, "{'descr': '|u1', 'fortran_order': False, 'shape': (18,), }"),
    'holds an array [18], expected images [N, height, width, 3] or [N, height, width]; save it in such a shape, with numpy.reshape or numpy.transpose',
  ],
  [
    'has columns first',
    stack(1, 3, "{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2, 3, 3), }"),
    'holds its elements in the order of columns (Fortran); save numpy.ascontiguousarray(images) in its place, with numpy.save',
  ],
  [
    'claims more than it has',
    stack(1, 3, "{'descr': '|u1', 'fortran_order': False, 'shape': (10000, 200, 300, 3), }"),
    'is cut off: [10000, 200, 300, 3] takes 1800000128 bytes, and it has 146; copy it again',
  ],
] as const)
  test(`a stack that ${what} makes errors of its images`, async (t) => {
    const file = await saved(t, 'fog.npy', content);
    await t.throwsAsync(imageFiles().read(itemPath(file, 0), plain, shape), {
      instanceOf: ImageError,
      message: `${file}#0: ${message}`,
    });
  });

test('a stack that was cut off after its header was read makes errors of the images behind', async (t) => {
  const source = imageFiles();
  const file = await saved(t, 'fog.npy', stack(4, 3));
  await truncate(file, 150);
  await t.throwsAsync(source.read(itemPath(file, 3), plain, shape), { instanceOf: ImageError });
});
