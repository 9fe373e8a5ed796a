import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { imagenetValBuilder } from '../../manifests/builders/imagenet-val.js';
import { imagenetWnids } from '../../manifests/imagenet/wnids.js';
import { readMatlabFile } from '../../manifests/matlab/elements.js';
import { structFields } from '../../manifests/matlab/structs.js';
import { InputError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { tarOf } from '../tar-archive.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

const golden = (name: string): string =>
  fileURLToPath(new URL(`../../../test/manifests/${name}`, import.meta.url));
/** Labels of the kit's numbers of classes, 1 first, as SciPy reads them. */
const labelOfId: readonly number[] = JSON.parse(await readFile(golden('imagenet-meta.json'), 'utf8'));

const nameOf = (number: number): string => `ILSVRC2012_val_${String(number).padStart(8, '0')}.JPEG`;
const ids = [490, 1, 1000, 77, 490];

/** Images, as a folder and as the tar in an order of its own, and the kit. */
async function downloads(t: ExecutionContext): Promise<string> {
  const names = ids.map((_, i) => nameOf(i + 1));
  const folder = await temporaryFolder(t, {
    ...Object.fromEntries(names.map((name) => [`val/${name}`, name])),
    'ILSVRC2012_img_val.tar': tarOf([3, 0, 4, 2, 1].map((i) => ({ name: names[i]!, content: names[i]! }))),
    'kit/data/ILSVRC2012_validation_ground_truth.txt': `${ids.join('\n')}\n`,
  });
  await copyFile(golden('imagenet-meta.mat'), join(folder, 'kit/data/meta.mat'));
  return folder;
}

const build = (source: string, options: Record<string, string | boolean>) =>
  imagenetValBuilder.build(source, options);

const refused = (t: ExecutionContext, work: Promise<unknown>, message: string | RegExp) =>
  t.throwsAsync(work, { instanceOf: InputError, message });

test("labels are the places of the kit's classes among the sorted names", async (t) => {
  const folder = await downloads(t);
  const kit = join(folder, 'kit');
  const expected = ids.map((id, i) => [labelOfId[id - 1], nameOf(i + 1).slice(0, -5)]);
  for (const source of ['val', 'ILSVRC2012_img_val.tar']) {
    const { entries } = await build(join(folder, source), { devkit: kit });
    t.deepEqual(
      entries.map(({ label, base }) => [label, base]),
      expected,
    );
    // The kit may be given as the folder that its files lie in.
    t.deepEqual(
      await build(join(folder, source), { devkit: join(kit, 'data') }).then((built) => built.entries),
      entries,
    );
  }
  t.is((await build(join(folder, 'val'), { labels: false })).entries[0]?.label, null);
});

test('labels may come from a list, as numbers or as WordNet names', async (t) => {
  const folder = await downloads(t);
  const list = join(folder, 'val.txt');
  const write = (labels: readonly (string | number)[]) =>
    writeFile(list, labels.map((label, i) => `val/${nameOf(i + 1)} ${label}\n`).join(''));
  const labels = async (options: Record<string, string> = {}) =>
    (await build(join(folder, 'val'), { labels: list, ...options })).entries.map(({ label }) => label);
  await write([3, 0, 999, 5, 5]);
  t.deepEqual(await labels(), [3, 0, 999, 5, 5]);
  await write(['n01443537', 'n15075141', 'n01440764', 7, 'n02123045']);
  t.deepEqual(await labels(), [1, 999, 0, 7, 281]);
  await writeFile(join(folder, 'order.txt'), 'n02123045\nn01443537\nn15075141\nn01440764\n');
  await write(['n01443537', 'n15075141', 'n01440764', 0, 'n02123045']);
  t.deepEqual(await labels({ classes: join(folder, 'order.txt') }), [1, 2, 3, 0, 0]);
  await write([1, 2, 3, 4, 1000]);
  await refused(
    t,
    labels(),
    `${list}:5: label "1000" is beyond the 1000 classes, which count from 0; for numbers of the development kit give the kit`,
  );
  await write([1, 2, 3, 4, 'n01440765']);
  await refused(
    t,
    labels(),
    /val\.txt:5: label "n01440765" is neither a class index nor the name of a class; did you mean/,
  );
  await write([1, 2, 3, 4, 5, 6]);
  await refused(
    t,
    labels(),
    `${folder}/val: holds 5 images, and ${list} lists 6; "${nameOf(6)}" is missing: restore it, or drop its line`,
  );
  await write([1, 2, 3, 4]);
  await refused(
    t,
    labels(),
    `${list}: lists no label of "${nameOf(5)}", an image of ${folder}/val; add it, or remove the image`,
  );
  await writeFile(list, `${nameOf(1)} 1\nb/${nameOf(1)} 2\n`);
  await refused(t, labels(), `${list}:2: "${nameOf(1)}" has a label on an earlier line; drop one of them`);
});

test('counts that do not agree are refused in one line', async (t) => {
  const folder = await downloads(t);
  const [val, kit] = [join(folder, 'val'), join(folder, 'kit')];
  const truth = join(kit, 'data/ILSVRC2012_validation_ground_truth.txt');
  await rm(join(val, nameOf(3)));
  await refused(
    t,
    build(val, { devkit: kit }),
    `${val}: holds 4 images, and the ground truth of ${kit} is of 5; number 3 is missing; restore the images or the kit`,
  );
  await writeFile(join(val, nameOf(3)), '');
  await writeFile(truth, '1\n2\n3\n4\n');
  await refused(
    t,
    build(val, { devkit: kit }),
    `${val}: holds 5 images, and the ground truth of ${kit} is of 4; restore the images or the kit`,
  );
  await writeFile(truth, '1\n2\n3\n4\n1001\n');
  await refused(
    t,
    build(val, { devkit: kit }),
    `${truth}:5: "1001" is no class; expected a number from 1 to 1000 for each image`,
  );
  await writeFile(join(val, 'other.png'), '');
  await writeFile(truth, '1\n2\n3\n4\n5\n');
  await refused(t, build(val, { devkit: kit }), /"other\.png" is no name of a validation image/);
});

test('class folders, no labels and two sources of labels are refused with what to do', async (t) => {
  const folder = await temporaryFolder(t, { 'val/n01440764/a.JPEG': '', 'val/n01443537/b.JPEG': '' });
  const val = join(folder, 'val');
  await refused(
    t,
    build(val, { labels: false }),
    /its images lie in 2 folders .* there are grodin manifest folder ROOT/,
  );
  for (const options of [{}, { devkit: 'kit', labels: 'list' }, { devkit: 'kit', labels: false }])
    await refused(
      t,
      build(val, options),
      /give --devkit with the development kit, --labels with a list, or --no-labels, one of them/,
    );
});

test('a kit that is not unpacked, is incomplete or of another year is refused', async (t) => {
  const folder = await downloads(t);
  const val = join(folder, 'val');
  const meta = join(folder, 'kit/data/meta.mat');
  const tried = (kit = join(folder, 'kit')) => build(val, { devkit: kit });
  await writeFile(join(folder, 'kit.tar.gz'), '');
  await refused(
    t,
    tried(join(folder, 'kit.tar.gz')),
    /expects the folder that it unpacks to; unpack it with: tar -xzf/,
  );
  await refused(t, tried(folder), /holds no data\/meta\.mat; expected the folder ILSVRC2012_devkit_t12/);
  const whole = await readFile(golden('imagenet-meta.mat'));
  for (const end of [0, 100, 128, 133, 1000, whole.length - 1]) {
    await writeFile(meta, whole.subarray(0, end));
    await refused(
      t,
      tried(),
      /meta\.mat: (?:is cut off|is no file of MATLAB|holds no synsets|has a compressed element)/,
    );
  }
  await writeFile(meta, Buffer.concat([Buffer.from('MATLAB 7.3 MAT-file'.padEnd(600))]));
  await refused(t, tried(), `${meta}: is a file of MATLAB 7.3 (HDF5); save it with -v7`);
  // One class of another year, in the same file unpacked.
  const [before, synsets] = readMatlabFile(whole).elements;
  const [wnid = ''] = await imagenetWnids();
  const changed = Buffer.from(
    Buffer.from(synsets!.data).toString('latin1').replace(wnid, 'n00000001'),
    'latin1',
  );
  const element = (type: number, data: Buffer) => {
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(type, 0);
    tag.writeUInt32LE(data.length, 4);
    return Buffer.concat([tag, data]);
  };
  const bomb = element(15, deflateSync(Buffer.alloc(2 ** 28)));
  await writeFile(
    meta,
    Buffer.concat([whole.subarray(0, 128), element(14, before!.data), element(14, changed)]),
  );
  await refused(
    t,
    tried(),
    `${meta}: its classes 1 to 1000 are not those of ILSVRC 2012 (${wnid} is not among them); give the kit of 2012, ILSVRC2012_devkit_t12`,
  );
  await writeFile(meta, Buffer.concat([whole.subarray(0, 128), bomb]));
  await refused(t, tried(), /meta\.mat: has a compressed element that is damaged, or far too large/);
});

test('files of MATLAB are read in both orders of bytes, with numbers stored as small as they are', (t) => {
  const word = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const element = (type: number, data: Buffer) =>
    Buffer.concat([word(type), word(data.length), data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
  const small = (type: number, data: Buffer) =>
    Buffer.concat([word(data.length * 65536 + type), data, Buffer.alloc(4 - data.length)]);
  const flags = (kind: number) => element(6, Buffer.concat([word(kind), word(0)]));
  const array = (kind: number, sizes: readonly number[], name: string, ...rest: readonly Buffer[]) =>
    element(
      14,
      Buffer.concat([
        flags(kind),
        element(5, Buffer.concat(sizes.map(word))),
        element(1, Buffer.from(name)),
        ...rest,
      ]),
    );
  const header = Buffer.concat([Buffer.alloc(124, 0x20), Buffer.from([1, 0]), Buffer.from('MI')]);
  const utf16 = Buffer.from([0, 0x6e, 0, 0xe9]);
  const file = Buffer.concat([
    header,
    array(
      2,
      [1, 1],
      'synsets',
      small(5, word(4)),
      element(1, Buffer.from('WNIDID\0\0', 'latin1')),
      array(4, [1, 2], '', small(17, utf16)),
      // A number of double precision that a byte can hold is stored as one.
      array(6, [1, 1], '', small(2, Buffer.from([200]))),
    ),
  ]);
  t.deepEqual(structFields(readMatlabFile(file), 'synsets', ['ID', 'WNID']), [[[200], 'né']]);
});
