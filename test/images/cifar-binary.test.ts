import { createHash } from 'node:crypto';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { itemPath } from '../../manifests/location.js';
import { imageFiles } from '../../workers/images/image-file.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { ImageError } from '../../workers/images/source.js';
import { cifarRows, levelAt } from '../cifar-rows.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Leaves pixels as they are, in units of 1/255. */
const plain: Preprocess = {
  resize: null,
  interpolation: 'bilinear',
  crop: null,
  mean: [0, 0, 0],
  std: [1 / 255, 1 / 255, 1 / 255],
};

const shape = { channels: 3, height: 32, width: 32 };

const read = (path: string) => imageFiles().read(path, plain, shape);

async function saved(t: ExecutionContext, name: string, content: Uint8Array): Promise<string> {
  return join(await temporaryFolder(t, { [name]: content }), name);
}

const planesOf = (image: number): readonly number[] =>
  [0, 1, 2].flatMap((channel) =>
    Array.from({ length: 1024 }, (_, at) => levelAt(image, channel, Math.floor(at / 32), at % 32)),
  );

for (const [set, labels] of [
  ['CIFAR-10', [[3], [9], [0]]],
  [
    'CIFAR-100',
    [
      [4, 99],
      [0, 7],
      [19, 12],
    ],
  ],
] as const)
  test(`images of ${set}'s binary version are read by number, without their labels`, async (t) => {
    const file = await saved(t, 'batch.bin', cifarRows(labels));
    for (const index of [0, 2]) {
      const { data, sha256 } = await read(itemPath(file, index));
      t.deepEqual(Array.from(data, Math.round), planesOf(index));
      t.is(
        sha256,
        createHash('sha256')
          .update(Uint8Array.from(planesOf(index)))
          .digest('hex'),
      );
    }
    await t.throwsAsync(read(itemPath(file, 3)), {
      instanceOf: ImageError,
      message: `${file}#3: there is no image 3: the file has 3 of ${set}, counted from 0`,
    });
  });

/** As many bytes as 3 074 rows of CIFAR-10 have, and 3 073 of CIFAR-100. */
const rowsOf10 = (): Buffer => cifarRows(Array.from({ length: 3074 }, (_, i) => [i % 10]));
const rowsOf100 = (): Buffer => cifarRows(Array.from({ length: 3073 }, (_, i) => [i % 20, i % 100]));

test('a size that fits rows of both sets is told apart by the name, or else by the labels', async (t) => {
  const level = async (name: string, content: Uint8Array) => {
    const { data } = await read(itemPath(await saved(t, name, content), 5));
    return Math.round(data[0] ?? Number.NaN);
  };
  t.is(await level('test_batch.bin', rowsOf10()), levelAt(5, 0, 0, 0));
  t.is(await level('rows.bin', rowsOf10()), levelAt(5, 0, 0, 0));
  t.is(await level('rows.bin', rowsOf100()), levelAt(5, 0, 0, 0));
  const black = await saved(t, 'black.bin', new Uint8Array(3073 * 3074));
  await t.throwsAsync(read(itemPath(black, 0)), {
    message:
      `${black}#0: may hold rows of CIFAR-10 or of CIFAR-100 by its size, and its labels are those of both; ` +
      'call it test_batch.bin or test.bin, as the archives do',
  });
});

for (const [what, content, message] of [
  [
    'a pickle',
    Buffer.from([0x80, 2, 0x7d, 0x71, 1]),
    /^is a pickle of CIFAR's Python version, which is not read; /,
  ],
  ['a MATLAB file', Buffer.from('MATLAB 5.0 MAT-file, Platform'), /^is a file of CIFAR's MATLAB version, /],
  [
    'an archive',
    Buffer.from([0x1f, 0x8b, 8, 0]),
    /^is an archive, which is not read; download the binary version/,
  ],
  ['an empty file', Buffer.alloc(0), /^has 0 bytes, which are neither rows of 3073 /],
  [
    'a file that was cut off',
    cifarRows([[1], [2]]).subarray(0, -1),
    /^has 6145 bytes, .*unpack cifar-10-binary/,
  ],
  [
    'a row with a label that no class has',
    cifarRows([[10]]),
    /^row 0 has label 10, but CIFAR-10 has 10 classes: /,
  ],
  [
    'a row with no such superclass',
    cifarRows([[20, 3]]),
    /^row 0 has label 20, but CIFAR-100 has 20 superclasses: /,
  ],
] as const)
  test(`${what} makes an error of its image`, async (t) => {
    const file = await saved(t, 'test_batch.bin', content);
    const error = await t.throwsAsync(read(itemPath(file, 0)), { instanceOf: ImageError });
    t.true(error.message.startsWith(`${file}#0: `));
    t.regex(error.message.slice(`${file}#0: `.length), message);
  });
