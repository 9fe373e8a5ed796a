import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { cifarBuilder } from '../../manifests/builders/cifar.js';
import { cifarCBuilder } from '../../manifests/builders/cifar-c.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { writeCells } from '../../manifests/write-cells.js';
import { InputError } from '../../stages/errors.js';
import { arrayFile, byteLabels } from '../array-file.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Labels of 10 000 photographs, once for each severity. */
const labels = (classes: number): number[] =>
  Array.from({ length: 50_000 }, (_, i) => (i % 10_000) % classes);

/** A folder of black images in every severity, with labels. */
async function archive(t: ExecutionContext, classes: number, names: readonly string[]): Promise<string> {
  const folder = await temporaryFolder(t, { 'labels.npy': byteLabels(labels(classes)) });
  for (const name of names) {
    const header = arrayFile('|u1', [50_000, 32, 32, 3], new Uint8Array(0));
    await writeFile(join(folder, name), header);
    await truncate(join(folder, name), header.length + 50_000 * 3072);
  }
  return folder;
}

test('each corruption and severity gets a manifest, and an experiment its sets', async (t) => {
  const folder = await archive(t, 10, ['fog.npy', 'snow.npy']);
  const out = join(folder, 'out');
  const { cells, missing, ...rest } = await cifarCBuilder.build(folder, {});
  t.deepEqual(await writeCells(out, cells, rest), {
    sets: [1, 2, 3, 4, 5].map((n) => `fog-${n}`).concat([1, 2, 3, 4, 5].map((n) => `snow-${n}`)),
    images: 100_000,
  });
  t.is(missing.length, 17);
  const { rows } = await readManifest(join(out, 'fog-3.csv'));
  t.is(rows.length, 10_000);
  t.deepEqual(rows.at(17), {
    path: join(folder, 'fog.npy#20017'),
    label: 7,
    id: '../fog.npy#20017',
    base: 'cifar-10/test/17',
  });
  const sets = JSON.parse(await readFile(join(out, 'sets.json'), 'utf8'));
  t.deepEqual(sets.outliers[2], {
    name: 'fog-3',
    manifest: 'fog-3.csv',
    corruption: 'fog',
    severity: 3,
    validation: 100,
    selectOn: 'fog',
  });
  t.deepEqual(sets.groups[1], { name: 'snow', sets: [1, 2, 3, 4, 5].map((n) => `snow-${n}`) });
});

for (const [classes, file, row] of [
  [10, 'test_batch.bin', 3073],
  [100, 'test.bin', 3074],
] as const)
  test(`photographs of CIFAR-${classes}-C are those of CIFAR-${classes}'s test images, one by one`, async (t) => {
    const folder = await archive(t, classes, ['fog.npy']);
    await writeFile(join(folder, file), '');
    await truncate(join(folder, file), 10_000 * row);
    const bases = (await cifarBuilder.build(join(folder, file), {})).entries.map(({ base }) => base);
    for (const { entries } of (await cifarCBuilder.build(folder, {})).cells)
      t.deepEqual(
        entries.map(({ base }) => base),
        bases,
      );
  });

test('labels that differ between severities are refused', async (t) => {
  const folder = await archive(t, 10, ['fog.npy']);
  await writeFile(join(folder, 'labels.npy'), byteLabels(labels(10).with(30_004, 9)));
  const error = await t.throwsAsync(cifarCBuilder.build(folder, {}), { instanceOf: InputError });
  t.is(
    error.message,
    `${folder}/labels.npy: label 30004 is another than label 4, but both are of test image 4: severities are blocks of 10000 images ` +
      'in one order; unpack the archive again',
  );
});

for (const [behaviour, files, message] of [
  [
    'a folder without stacks',
    { 'labels.npy': byteLabels([1]) },
    /: holds no stacks of images \(fog\.npy, …\); /,
  ],
  ['a folder without labels', { 'fog.npy': '' }, /: lacks labels\.npy, /],
  [
    'a stack of other images',
    { 'fog.npy': arrayFile('|u1', [2, 32, 32, 3], new Uint8Array(6144)), 'labels.npy': byteLabels([1, 2]) },
    /fog\.npy: holds \[2, 32, 32, 3\], expected \[50000, 32, 32, 3\], the 10000 test images in each severity; /,
  ],
  [
    'a stack that was cut off',
    { 'fog.npy': arrayFile('|u1', [50_000, 32, 32, 3], new Uint8Array(6144)), 'labels.npy': '' },
    /fog\.npy: is cut off: \[50000, 32, 32, 3\] takes 153600128 bytes, and it has 6272; copy it again$/,
  ],
] as const)
  test(`${behaviour} is refused in one line`, async (t) => {
    const folder = await temporaryFolder(t, files);
    await t.throwsAsync(cifarCBuilder.build(folder, {}), { instanceOf: InputError, message });
  });
