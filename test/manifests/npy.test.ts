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
    /s\.npy: holds elements of type <f4, expected bytes \(uint8\)/,
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
    'FOLDER/l.npy: holds elements of type <f8, expected class indices (int8 to int64, uint8 to uint64)',
  ],
  [
    'labels one by one in rows',
    { 's.npy': stack, 'l.npy': arrayFile('|u1', [3, 1], new Uint8Array(3)) },
    { labels: 'l.npy' },
    'FOLDER/l.npy: holds an array [3, 1], expected one label an image, [N]',
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
