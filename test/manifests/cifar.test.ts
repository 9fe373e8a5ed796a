import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { cifarBuilder } from '../../manifests/builders/cifar.js';
import { InputError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { cifarRows } from '../cifar-rows.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

/** Black images of class 0, as many as an archive's file has. */
async function official(folder: string, name: string, bytes: number): Promise<void> {
  await writeFile(join(folder, name), '');
  await truncate(join(folder, name), bytes);
}

test('the test images of an unpacked folder are listed with their labels and photographs', async (t) => {
  const folder = await temporaryFolder(t, { 'batches.meta.txt': '', 'readme.html': '' });
  for (const number of [1, 2, 3, 4, 5]) await official(folder, `data_batch_${number}.bin`, 30_730_000);
  await official(folder, 'test_batch.bin', 30_730_000);
  const { entries, leftOut } = await cifarBuilder.build(folder, {});
  t.is(entries.length, 10_000);
  t.deepEqual(entries[17], { path: join(folder, 'test_batch.bin#17'), label: 0, base: 'cifar-10/test/17' });
  t.is(leftOut.others, 7);
  const train = (await cifarBuilder.build(folder, { set: 'train' })).entries;
  t.is(train.length, 50_000);
  t.deepEqual(train[20_003], {
    path: join(folder, 'data_batch_3.bin#3'),
    label: 0,
    base: 'cifar-10/train/20003',
  });
  const batch = (await cifarBuilder.build(join(folder, 'data_batch_3.bin'), {})).entries;
  t.deepEqual(batch[3], train[20_003]);
});

test('classes of CIFAR-100 are the fine or the coarse ones, or left out', async (t) => {
  const folder = await temporaryFolder(t, {
    'test.bin': cifarRows([
      [4, 0],
      [1, 1],
      [4, 30],
    ]),
  });
  const labels = async (options: Record<string, string>) =>
    (await cifarBuilder.build(join(folder, 'test.bin'), options)).entries.map(({ label }) => label);
  t.deepEqual(await labels({}), [0, 1, 30]);
  t.deepEqual(await labels({ labels: 'coarse' }), [4, 1, 4]);
  t.deepEqual(await labels({ labels: 'none' }), [null, null, null]);
  const { entries } = await cifarBuilder.build(join(folder, 'test.bin'), {});
  t.is(entries[2]?.base, 'cifar-100/test/2');
});

test('a file of another name has images whose photographs nobody knows', async (t) => {
  const folder = await temporaryFolder(t, { 'mine.bin': cifarRows([[3], [1]]) });
  t.deepEqual((await cifarBuilder.build(join(folder, 'mine.bin'), {})).entries, [
    { path: join(folder, 'mine.bin#0'), label: 3 },
    { path: join(folder, 'mine.bin#1'), label: 1 },
  ]);
});

const row10 = cifarRows([[1]]);

for (const [behaviour, files, source, options, message] of [
  ['no such source', {}, 'no', {}, "/no: no such file; expected a file of CIFAR's binary version"],
  [
    'the Python version',
    { data_batch_1: '', test_batch: '', 'batches.meta': '' },
    '',
    {},
    ": holds pickles of CIFAR's Python version, which are not read; download the binary version, cifar-10-binary.tar.gz or cifar-100-binary.tar.gz",
  ],
  [
    'a file of the Python version',
    { test_batch: Buffer.from([0x80, 3, 0x7d]) },
    'test_batch',
    {},
    "/test_batch: is a pickle of CIFAR's Python version, which is not read; download the binary version, cifar-10-binary.tar.gz or cifar-100-binary.tar.gz",
  ],
  [
    'the MATLAB version',
    { 'test.mat': '' },
    '',
    {},
    /: holds files of CIFAR's MATLAB version, which are not read; /,
  ],
  [
    'a folder of images',
    { 'a.png': '' },
    '',
    {},
    /: holds no files of CIFAR's binary version \(data_batch_1.bin, /,
  ],
  [
    'the folder above',
    { 'cifar-10-batches-bin/test_batch.bin': row10 },
    '',
    {},
    /: holds no files of CIFAR's binary version itself; give its folder cifar-10-batches-bin$/,
  ],
  [
    'both sets in one folder',
    { 'test_batch.bin': row10, 'test.bin': row10 },
    '',
    {},
    /: holds files of CIFAR-10 and of CIFAR-100; /,
  ],
  [
    'a batch that is missing',
    { 'data_batch_1.bin': row10, 'data_batch_5.bin': row10 },
    '',
    { set: 'train' },
    /: lacks data_batch_2.bin, data_batch_3.bin, data_batch_4.bin of CIFAR-10's train images; unpack cifar-10-binary.tar.gz again$/,
  ],
  [
    'a batch that was cut off between two rows',
    { 'test_batch.bin': row10 },
    '',
    {},
    "/test_batch.bin: has 1 images, but 10000 in CIFAR-10's archive; unpack it again, or give the path of the file itself",
  ],
  [
    'a batch of the other set',
    { 'test_batch.bin': cifarRows([[1, 1]]) },
    '',
    {},
    '/test_batch.bin: holds rows of CIFAR-100, where the folder is that of CIFAR-10; unpack it again',
  ],
  [
    'superclasses of CIFAR-10',
    { 'test_batch.bin': row10 },
    'test_batch.bin',
    { labels: 'coarse' },
    '/test_batch.bin: --labels coarse is for CIFAR-100, and this is CIFAR-10; leave it out',
  ],
  [
    'a part of one file',
    { 'test_batch.bin': row10 },
    'test_batch.bin',
    { set: 'test' },
    /: is one file, and --set says /,
  ],
  [
    'a class with two superclasses',
    {
      'rows.bin': cifarRows([
        [1, 5],
        [2, 5],
      ]),
    },
    'rows.bin',
    {},
    '/rows.bin: row 1 has class 5 in superclass 2, and an earlier one in 1: these are no rows of CIFAR-100',
  ],
  ['a name that rows can not have', { rows: row10 }, 'rows', {}, /\/rows: its name does not end in \.bin, /],
] as const)
  test(`${behaviour} is refused in one line`, async (t) => {
    const folder = await temporaryFolder(t, files);
    const error = await t.throwsAsync(cifarBuilder.build(join(folder, source), options), {
      instanceOf: InputError,
    });
    if (typeof message === 'string') t.is(error.message, `${folder}${message}`);
    else t.regex(error.message, message);
  });
