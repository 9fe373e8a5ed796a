import { join } from 'node:path';
import test from 'ava';
import { npyBuilder } from '../../manifests/builders/npy.js';
import { InputError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { arrayFile, byteLabels } from '../array-file.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

const stack = arrayFile('|u1', [3, 2, 2, 3], new Uint8Array(36));

/** Three labels in every type of integers, as their bytes lie in the file. */
const types: readonly (readonly [
  type: string,
  content: ArrayBufferView,
  labels: readonly (number | null)[],
])[] = [
  ['|i1', Int8Array.of(7, -1, 100), [7, null, 100]],
  ['|u1', Uint8Array.of(7, 0, 255), [7, 0, 255]],
  ['<i2', Int16Array.of(7, -1, 999), [7, null, 999]],
  ['<u2', Uint16Array.of(7, 0, 40_000), [7, 0, 40_000]],
  ['<i4', Int32Array.of(7, -1, 100_000), [7, null, 100_000]],
  ['<u4', Uint32Array.of(7, 0, 100_000), [7, 0, 100_000]],
  ['<i8', BigInt64Array.of(7n, -1n, 999n), [7, null, 999]],
  ['<u8', BigUint64Array.of(7n, 0n, 999n), [7, 0, 999]],
  ['>i2', Uint8Array.of(0, 7, 255, 255, 3, 231), [7, null, 999]],
];

for (const [type, content, labels] of types)
  test(`labels of type ${type} are read`, async (t) => {
    const bytes = new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    const folder = await temporaryFolder(t, { 's.npy': stack, 'l.npy': arrayFile(type, [3], bytes) });
    const { entries } = await npyBuilder.build(join(folder, 's.npy'), { labels: join(folder, 'l.npy') });
    t.deepEqual(
      entries,
      labels.map((label, i) => ({ path: join(folder, `s.npy#${i}`), label })),
    );
  });

test('arrays of every version of the format are read, with labels or without', async (t) => {
  for (const version of [1, 2, 3] as const) {
    const folder = await temporaryFolder(t, {
      's.npy': arrayFile('|u1', [2, 2, 2], new Uint8Array(8), version),
      'l.npy': arrayFile('|u1', [2], Uint8Array.of(4, 5), version),
    });
    const labels = async (options: Record<string, string>) =>
      (await npyBuilder.build(join(folder, 's.npy'), options)).entries.map(({ label }) => label);
    t.deepEqual(await labels({ labels: join(folder, 'l.npy') }), [4, 5]);
    t.deepEqual(await labels({}), [null, null]);
  }
});

test('sizes are read as NumPy wrote them on Python 2, and what is no size is refused', async (t) => {
  const headed = (from: string, to: string, bytes: Buffer): Buffer => {
    const text = bytes.toString('latin1');
    t.true(text.includes(from));
    // In place of spaces behind the header.
    return Buffer.from(
      text.replace(from, to).replace(' '.repeat(to.length - from.length), () => ''),
      'latin1',
    );
  };
  const shape = '(3, 2, 2, 3)';
  const folder = await temporaryFolder(t, {
    's.npy': headed(shape, '(3L, 2L, 2L, 3L)', stack),
    'l.npy': headed('(3,)', '(3L,)', byteLabels([2, 0, 1])),
    'w.npy': headed(shape, '(3L, 2 2, L, 3)', stack),
  });
  const { entries } = await npyBuilder.build(join(folder, 's.npy'), { labels: join(folder, 'l.npy') });
  t.deepEqual(
    entries,
    [2, 0, 1].map((label, i) => ({ path: join(folder, `s.npy#${i}`), label })),
  );
  await t.throwsAsync(npyBuilder.build(join(folder, 'w.npy'), {}), {
    instanceOf: InputError,
    message: `${folder}/w.npy: has a header that is not NumPy's; save it with numpy.save`,
  });
});

for (const [behaviour, files, options, message] of [
  ['no stack', {}, {}, 'FOLDER/s.npy: no such file; expected a stack of images'],
  ['another file', { 's.npy': 'hello' }, {}, 'FOLDER/s.npy: is no array of NumPy; save it with numpy.save'],
  [
    'a stack without images',
    { 's.npy': arrayFile('|u1', [0, 2, 2, 3], new Uint8Array(0)) },
    {},
    'FOLDER/s.npy: the stack holds no images; save those that are to be listed',
  ],
  [
    'a stack of fractions',
    { 's.npy': arrayFile('<f4', [1, 2, 2], new Uint8Array(16)) },
    {},
    'FOLDER/s.npy: holds elements of type <f4, expected bytes (uint8), 0 to 255 of each colour; save images.astype("uint8"), or (255 * images).round().astype("uint8") where they are fractions of 1',
  ],
  ...(
    [
      ['colours first', [5, 3, 32, 32], 'save images.transpose(0, 2, 3, 1) if colours are its second axis'],
      ['one image', [32, 32, 3], 'save images[None] if it is one image'],
      ['images with alpha', [2, 8, 8, 4], 'save images[..., :3] if its fourth colour is alpha'],
      ['images in rows', [5, 3072], 'save images.reshape(N, height, width, 3) if each row is an image'],
      ['films', [1, 2, 8, 8, 3], 'save it in such a shape, with numpy.reshape or numpy.transpose'],
    ] as const
  ).map(
    ([what, shape, remedy]) =>
      [
        `a stack of ${what}`,
        { 's.npy': arrayFile('|u1', shape, new Uint8Array(16_000)) },
        {},
        `FOLDER/s.npy: holds an array [${shape.join(', ')}], expected images [N, height, width, 3] or [N, height, width]; ${remedy}`,
      ] as const,
  ),
  [
    'an archive of arrays by the name of one',
    { 's.npy': 'PK\x03\x04 and more bytes' },
    {},
    'FOLDER/s.npy: is a ZIP archive, as numpy.savez and torch.save write; save its array alone: numpy.save("images.npy", numpy.load("images.npz")["NAME"])',
  ],
  [
    'an array of objects',
    { 's.npy': arrayFile('|O', [3], new Uint8Array(9)) },
    {},
    'FOLDER/s.npy: holds objects of Python (pickled), maybe images of unequal sizes; save them as image files, or as one array of bytes (uint8)',
  ],
  [
    'labels that mark their class',
    { 's.npy': stack, 'l.npy': arrayFile('|u1', [3, 10], new Uint8Array(30)) },
    { labels: 'l.npy' },
    'FOLDER/l.npy: holds an array [3, 10], expected one label an image, [N]; save labels.argmax(axis=1) if each row has a 1 at its class',
  ],
  [
    'labels that are names',
    { 's.npy': stack, 'l.npy': arrayFile('<U5', [3], new Uint8Array(60)) },
    { labels: 'l.npy' },
    "FOLDER/l.npy: holds elements of type <U5, expected class indices (int8 to int64, uint8 to uint64); save the classes' places among the outputs of the network",
  ],
  [
    'labels for other images',
    { 's.npy': stack, 'l.npy': byteLabels([1, 2]) },
    { labels: 'l.npy' },
    'FOLDER/l.npy: has 2 labels, but FOLDER/s.npy has 3 images: they do not belong together; check both paths',
  ],
  [
    'labels that are fractions',
    { 's.npy': stack, 'l.npy': arrayFile('<f8', [3], new Uint8Array(24)) },
    { labels: 'l.npy' },
    'FOLDER/l.npy: holds elements of type <f8, expected class indices (int8 to int64, uint8 to uint64); save labels.astype("int64") if they are whole numbers',
  ],
  [
    'labels one by one in rows',
    { 's.npy': stack, 'l.npy': arrayFile('|u1', [3, 1], new Uint8Array(3)) },
    { labels: 'l.npy' },
    'FOLDER/l.npy: holds an array [3, 1], expected one label an image, [N]; save labels.reshape(-1)',
  ],
  [
    'labels that were cut off',
    { 's.npy': stack, 'l.npy': arrayFile('<i8', [3], new Uint8Array(20)) },
    { labels: 'l.npy' },
    'FOLDER/l.npy: is cut off: 3 labels take 152 bytes, and it has 148; copy it again',
  ],
  [
    'a label that is no class index',
    { 's.npy': stack, 'l.npy': arrayFile('|i1', [3], Uint8Array.of(0, 254, 0)) },
    { labels: 'l.npy' },
    'FOLDER/l.npy: label 1 is -2, which is no class index; expected integers from 0, or -1 if unknown',
  ],
] as const)
  test(`${behaviour} is refused in one line`, async (t) => {
    const folder = await temporaryFolder(t, files);
    const located = 'labels' in options ? { labels: join(folder, options.labels) } : {};
    const error = await t.throwsAsync(npyBuilder.build(join(folder, 's.npy'), located), {
      instanceOf: InputError,
    });
    if (typeof message === 'string') t.is(error.message, message.replaceAll('FOLDER', folder));
    else t.regex(error.message, message);
  });

test('an archive of arrays is refused by its name, with the way to its array', async (t) => {
  const folder = await temporaryFolder(t, { 's.npz': 'PK' });
  await t.throwsAsync(npyBuilder.build(join(folder, 's.npz'), {}), {
    instanceOf: InputError,
    message: `${folder}/s.npz: is an archive of arrays (.npz), and images are read from one array; save it alone: numpy.save("images.npy", numpy.load("images.npz")["NAME"])`,
  });
});
