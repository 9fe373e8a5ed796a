import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { folderBuilder } from '../../manifests/builders/folder.js';
import { imagenetCBuilder } from '../../manifests/builders/imagenet-c.js';
import {
  imagenetABuilder,
  imagenetOBuilder,
  imagenetRBuilder,
} from '../../manifests/builders/imagenet-variants.js';
import { tarBuilder } from '../../manifests/builders/tar.js';
import { tinyImagenetBuilder } from '../../manifests/builders/tiny-imagenet.js';
import { locationOf } from '../../manifests/location.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { writeCells } from '../../manifests/write-cells.js';
import { InputError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { tarOf } from '../tar-archive.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

const image = (number: number): string => `ILSVRC2012_val_${String(number).padStart(8, '0')}.JPEG`;

/** Images of a cell by their paths below the set. */
const cell = (corruption: string, severity: number, classes = ['n01443537', 'n01440764']) =>
  classes.map((wnid, i) => `${corruption}/${severity}/${wnid}/${image(i + 1)}`);

const tar = (paths: readonly string[]): Buffer => tarOf(paths.map((name) => ({ name, content: name })));

async function built(sources: readonly string[], out: string) {
  const { cells, missing, leftOut, ...rest } = await imagenetCBuilder.buildFrom(sources, {});
  return { ...(await writeCells(out, cells, rest)), missing, leftOut };
}

test('each cell of the five tars gets a manifest with labels, photographs and bytes', async (t) => {
  const blur = [...cell('glass_blur', 5), ...cell('glass_blur', 2), ...cell('zoom_blur', 1)];
  const folder = await temporaryFolder(t, {
    'blur.tar': tar([...blur, 'README.txt', 'glass_blur/5/n01440764/.hidden.JPEG']),
    'noise.tar': tar(cell('shot_noise', 3)),
  });
  const out = join(folder, 'out');
  const { sets, images, missing, leftOut } = await built(
    [join(folder, 'blur.tar'), join(folder, 'noise.tar')],
    out,
  );
  t.deepEqual(sets, ['glass_blur-2', 'glass_blur-5', 'zoom_blur-1', 'shot_noise-3']);
  t.is(images, 8);
  t.deepEqual([leftOut.others, leftOut.hidden], [1, 1]);
  const { rows } = await readManifest(join(out, 'glass_blur-5.csv'));
  const bytes = await readFile(join(folder, 'blur.tar'));
  t.deepEqual(
    [...rows].map(({ path, label, id, base }) => {
      const { part } = locationOf(path);
      const text =
        part?.kind === 'bytes' ? bytes.toString('utf8', part.offset, part.offset + part.length) : '';
      return [id, label, base, text === id];
    }),
    [
      [`glass_blur/5/n01440764/${image(2)}`, 0, 'ILSVRC2012_val_00000002', true],
      [`glass_blur/5/n01443537/${image(1)}`, 1, 'ILSVRC2012_val_00000001', true],
    ],
  );
  t.deepEqual(JSON.parse(await readFile(join(out, 'sets.json'), 'utf8')).outliers[3], {
    name: 'shot_noise-3',
    manifest: 'shot_noise-3.csv',
    corruption: 'shot_noise',
    severity: 3,
    preprocess: { resize: null },
    validation: 600,
  });
  t.deepEqual(missing.slice(0, 8), [
    'gaussian_noise',
    'shot_noise-1',
    'shot_noise-2',
    'shot_noise-4',
    'shot_noise-5',
    'impulse_noise',
    'defocus_blur',
    'glass_blur-1',
  ]);
  t.true(missing.includes('weather (snow, frost, fog, brightness)'));
});

test('the folder tree gives the same rows, with the tars unpacked into it or each into its own folder', async (t) => {
  const paths = [...cell('glass_blur', 5), ...cell('fog', 1)];
  const files = Object.fromEntries([
    ...paths.map((path) => [`c/${path}`, '']),
    ['d/blur/glass_blur/5/n01440764/a.JPEG', ''],
    ['d/weather/fog/1/n01440764/a.JPEG', ''],
    ['d/weather/fog/1/n01440764/Thumbs.db', ''],
  ]);
  const folder = await temporaryFolder(t, files);
  const together = await built([join(folder, 'c')], join(folder, 'out'));
  t.deepEqual(together.sets, ['fog-1', 'glass_blur-5']);
  const { rows } = await readManifest(join(folder, 'out/fog-1.csv'));
  t.deepEqual(
    [...rows].map(({ id, label, base }) => [id, label, base]),
    [
      [`../c/fog/1/n01440764/${image(2)}`, 0, 'ILSVRC2012_val_00000002'],
      [`../c/fog/1/n01443537/${image(1)}`, 1, 'ILSVRC2012_val_00000001'],
    ],
  );
  const apart = await built([join(folder, 'd')], join(folder, 'out'));
  t.deepEqual([apart.sets, apart.leftOut.hidden], [['fog-1', 'glass_blur-5'], 1]);
});

const misnamed = (folders: string): string =>
  `are in no set, as sets and their files can not be called as their corruptions are: ${folders}; ` +
  'rename the corruption to letters, digits, "_", "-", "." and "+" alone, the first a letter or a digit, or list each folder unpacked with "grodin manifest folder --base name"';

test('images that no cell has are counted by their folders, in a folder as in a tar', async (t) => {
  const paths = [
    ...['fog/1', 'fog/0', 'fog/05', 'glass blur/5', 'deep/er/snow/2'].map((at) => `c/${at}/n01440764/a.JPEG`),
    ...['a.JPEG', 'deep/er/b.JPEG'].map((image) => `c/my corr,x/1/n01440764/${image}`),
    ...['c/fog/1/n01440764/deep/b.JPEG', 'c/loose.JPEG', 'c/fog/README.txt'],
  ];
  const folder = await temporaryFolder(t, {
    ...Object.fromEntries(paths.map((path) => [path, path])),
    'c.tar': tar(paths.map((path) => path.slice(2))),
  });
  const tried = async (source: string) => {
    const { cells, leftOut, notes } = await imagenetCBuilder.buildFrom([join(folder, source)], {});
    const names: string[] = [];
    for await (const { name, entries } of cells)
      names.push(`${name}: ${entries.map(({ base }) => base).join(', ')}`);
    return { names, others: leftOut.others, notes: notes?.map((note) => note.slice(folder.length + 1)) };
  };
  const inFolder = await tried('c');
  t.deepEqual(inFolder, {
    names: ['fog-1: a, b', 'snow-2: a'],
    others: 7,
    notes: [
      'c: 3 images are in no set, as they do not lie in CORRUPTION/SEVERITY/CLASS with a severity from 1 to 5: . (1), fog/0 (1), ' +
        'fog/05 (1); rename their folders, or list each unpacked with "grodin manifest folder --base name"',
      `c: 3 images ${misnamed('glass blur/5 (1), my corr,x/1 (2)')}`,
    ],
  });
  t.deepEqual(await tried('c.tar'), {
    ...inFolder,
    notes: inFolder.notes?.map((note) => `c.tar${note.slice(1)}`),
  });
});

test('cells with fewer images, cells twice and classes that are none are told', async (t) => {
  const folder = await temporaryFolder(t, {
    'a.tar': tar([...cell('fog', 1), ...cell('fog', 2, ['n01440764'])]),
    'b.tar': tar(cell('fog', 2)),
    'c.tar': tar(cell('fog', 3, ['n99999999'])),
    'd.tar': tar(['n01440764/a.JPEG']),
    'f.tar': tar(cell('glass blur', 5)),
    'e/glass_blur/5/n01440764/a.JPEG': '',
    'e/x/glass_blur/5/n01440764/a.JPEG': '',
  });
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => join(folder, `${name}.tar`));
  const out = join(folder, 'out');
  const { missing } = await built([a!], out);
  t.is(missing.at(-1), 'some images of fog-2 (1 of 2)');
  await t.throwsAsync(built([a!, a!], out), { message: `${a}: is given twice; give it once` });
  const link = join(folder, 'link.tar');
  await symlink(a!, link);
  await t.throwsAsync(built([a!, link], out), {
    instanceOf: InputError,
    message: `${link}: is the same as ${a}, which is given too; give one of them`,
  });
  await t.throwsAsync(built([a!, b!], out), {
    instanceOf: InputError,
    message: `${b}: holds fog-2, as ${a} does; give one of them`,
  });
  await t.throwsAsync(built([c!], out), {
    instanceOf: InputError,
    message: /class "n99999999" is not in imagenet-1k/,
  });
  await t.throwsAsync(built([d!], out), { message: /holds no CORRUPTION\/SEVERITY\/CLASS\/image/ });
  await t.throwsAsync(built([join(folder, 'f.tar')], out), {
    instanceOf: InputError,
    message: `${folder}/f.tar: 2 images ${misnamed('glass blur/5 (2)')}`,
  });
  await t.throwsAsync(built([join(folder, 'e')], out), { message: /is glass_blur-5, as .* is; remove one/ });
  await t.throwsAsync(built([join(folder, 'none')], out), {
    message: `${folder}/none: no such archive; check the path`,
  });
});

const variant = (name: string) =>
  [imagenetABuilder, imagenetOBuilder, imagenetRBuilder].find((builder) => builder.name === name)!;

test('ImageNet-A and -R have labels among the 1 000 classes, and ImageNet-O has none', async (t) => {
  const paths = ['set/n15075141/b.jpg', 'set/n01443537/a.jpg', 'set/README.txt'];
  const folder = await temporaryFolder(t, {
    'set.tar': tar(paths),
    ...Object.fromEntries(paths.map((path) => [path, ''])),
  });
  for (const source of ['set', 'set.tar']) {
    const labels = async (name: string, options = {}) =>
      (await variant(name).build(join(folder, source), options)).entries.map(({ label }) => label);
    t.deepEqual(await labels('imagenet-a'), [1, 999]);
    t.deepEqual(await labels('imagenet-r'), [1, 999]);
    t.deepEqual(await labels('imagenet-r', { labels: false }), [null, null]);
    // Whatever it is asked.
    t.deepEqual(await labels('imagenet-o', { labels: true, classes: 'imagenet-1k' }), [null, null]);
  }
  t.deepEqual((await variant('imagenet-r').build(join(folder, 'set.tar'), {})).notes, [
    `${folder}/set.tar: holds 2 images in 2 folders, and ImageNet-R has 30000 in 200; the manifest is of those that are there`,
  ]);
  t.false(variant('imagenet-o').options.some(({ flags }) => /label|class/.test(flags)));
});

test('ImageNet-O under its own name gets no labels from other builders either', async (t) => {
  const paths = ['imagenet-o/n15075141/b.jpg', 'imagenet-o/n01443537/a.jpg'];
  const folder = await temporaryFolder(t, {
    'o.tar': tar(paths),
    ...Object.fromEntries(paths.map((path) => [path, ''])),
  });
  const said = 'the class folders of ImageNet-O are not the classes of its images';
  const root = join(folder, 'imagenet-o');
  await t.throwsAsync(folderBuilder.build(root, {}), {
    instanceOf: InputError,
    message: `${root}: ${said}; use grodin manifest imagenet-o SOURCE -o FILE, or --no-labels`,
  });
  await t.throwsAsync(tarBuilder.buildFrom([join(folder, 'o.tar')], {}), { message: new RegExp(said) });
  t.is((await folderBuilder.build(root, { labels: false })).entries.length, 2);
});

const tiny = {
  'wnids.txt': 'n02124075\nn01443537\nn04067472\n',
  'val/val_annotations.txt': 'val_0.JPEG\tn04067472\t0\t32\t44\t62\nval_1.JPEG\tn01443537\t52\t55\t57\t59\n',
  'val/images/val_0.JPEG': '',
  'val/images/val_1.JPEG': '',
};

test("tiny-ImageNet's validation images have the classes of their annotations, in either order", async (t) => {
  const root = await temporaryFolder(t, tiny);
  const labels = async (options: Record<string, string | boolean> = {}) =>
    (await tinyImagenetBuilder.build(root, options)).entries.map(({ label }) => label);
  t.deepEqual(await labels(), [2, 0]);
  t.deepEqual(await labels({ classes: join(root, 'wnids.txt') }), [2, 1]);
  t.deepEqual(await labels({ labels: false }), [null, null]);
  await writeFile(join(root, 'wnids.txt'), 'n02124075\nn01443537\n');
  await t.throwsAsync(labels(), {
    instanceOf: InputError,
    message: /class "n04067472" is not in .*wnids\.txt/,
  });
});

test('images and annotations of tiny-ImageNet that do not agree are refused in one line', async (t) => {
  const root = await temporaryFolder(t, { ...tiny, 'zip.zip': '' });
  const tried = (source = root) => tinyImagenetBuilder.build(source, {});
  await rm(join(root, 'val/images/val_0.JPEG'));
  await t.throwsAsync(tried(), { message: /holds 1 images, and .* lists 2; "val_0\.JPEG" is missing/ });
  await writeFile(join(root, 'val/images/val_0.JPEG'), '');
  await writeFile(join(root, 'val/images/val_2.JPEG'), '');
  await t.throwsAsync(tried(), { message: /has no line of "val_2\.JPEG"/ });
  await writeFile(join(root, 'val/val_annotations.txt'), 'val_0.JPEG n04067472\n');
  await t.throwsAsync(tried(), { message: /val_annotations\.txt:1: .* is no annotation/ });
  await rm(join(root, 'val/val_annotations.txt'));
  await t.throwsAsync(tried(), { message: /for class folders there is grodin manifest folder ROOT/ });
  await t.throwsAsync(tried(join(root, 'zip.zip')), { message: /unzip tiny-imagenet-200\.zip/ });
});
