import { execFile } from 'node:child_process';
import { readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { cellsBuilders, manifestBuilders } from '../../manifests/builders/registry.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { arrayFile, byteLabels } from '../array-file.js';
import { tarOf } from '../tar-archive.js';
import { temporaryFolder } from '../temporary-folder.js';
import { grodin, main } from './built.js';
import { grodinHere } from './here.js';

const tree = { 'set/cat/1.png': '', 'set/cat/2.png': '', 'set/dog/1.png': '', 'set/readme.md': '' };

test('a class-folder tree becomes a manifest, and a sentence says what is in it', async (t) => {
  const folder = await temporaryFolder(t, tree);
  t.deepEqual(await grodin(['manifest', 'folder', 'set', '-o', 'lists/set.csv'], folder), {
    code: 0,
    out: 'lists/set.csv: 3 images, 3 of them labelled, 2 classes; left out: 1 other file\n',
    err: '',
  });
  t.is(
    await readFile(join(folder, 'lists/set.csv'), 'utf8'),
    '# grodin manifest {"dataset":"folder set","sha256":"e2f99751ee9784b439b212237e65dfe456dc5c7fabc7a24b9403faa91c1e4e4d"}\n' +
      'path,label\n../set/cat/1.png,0\n../set/cat/2.png,0\n../set/dog/1.png,1\n',
  );
});

test('the summary is printed as JSON for scripts', async (t) => {
  const folder = await temporaryFolder(t, tree);
  const { code, out } = await grodinHere(
    ['manifest', 'folder', 'set', '--no-labels', '--base', 'name', '-o', 'set.csv', '--json'],
    folder,
  );
  t.is(code, 0);
  const { sha256 } = await readManifest(join(folder, 'set.csv'));
  t.deepEqual(JSON.parse(out), {
    file: join(folder, 'set.csv'),
    images: 3,
    labelled: 0,
    classes: 0,
    bases: 2,
    ignored: 1,
    hidden: 0,
    deadLinks: 0,
    notUtf8: 0,
    sha256,
  });
});

test('an OpenOOD list becomes a manifest', async (t) => {
  const folder = await temporaryFolder(t, { ...tree, 'list.txt': 'cat/1.png 5\ndog/1.png -1\n' });
  const { code, out } = await grodinHere(
    ['manifest', 'imglist', 'list.txt', '--root', 'set', '-o', 'l.csv', '--no-header'],
    folder,
  );
  t.is(code, 0);
  t.is(out, 'l.csv: 2 images, 1 of them labelled, 1 class\n');
  t.is(await readFile(join(folder, 'l.csv'), 'utf8'), 'path,label\nset/cat/1.png,5\nset/dog/1.png,\n');
});

test('bad input exits with 2, one line, and writes nothing', async (t) => {
  const folder = await temporaryFolder(t, tree);
  t.deepEqual(await grodinHere(['manifest', 'folder', 'sett', '-o', 'set.csv'], folder), {
    code: 2,
    out: '',
    err: "grodin: sett: can't be listed (no such folder); expected a folder of images\n",
  });
  await t.throwsAsync(stat(join(folder, 'set.csv')), { code: 'ENOENT' });
});

test('an option that is missing or has no such choice exits with 2', async (t) => {
  const folder = await temporaryFolder(t, tree);
  const missing = await grodinHere(['manifest', 'imglist', 'list.txt', '-o', 'l.csv'], folder);
  t.is(missing.code, 2);
  t.regex(missing.err, /^grodin: required option '--root <dir>' not specified; see grodin --help\n$/);
  const choice = await grodinHere(['manifest', 'folder', 'set', '-o', 's.csv', '--base', 'stem'], folder);
  t.is(choice.code, 2);
  t.regex(choice.err, /^grodin: option '--base <kind>' argument 'stem' is invalid\. .*path, name/);
});

test('the help of each layout explains its options by examples', async (t) => {
  for (const { name: layout } of [...manifestBuilders, ...cellsBuilders]) {
    const { code, out } = await grodinHere(['manifest', layout, '--help'], '.');
    t.is(code, 0);
    t.regex(out, new RegExp(`\\$ grodin manifest ${layout} `));
  }
});

test('a command that fails leaves the manifest that was there, and nothing beside it', async (t) => {
  const folder = await temporaryFolder(t, {
    ...tree,
    'out/l.csv': 'precious',
    'list.txt': 'cat/1.png 1\nnone.png 2\n',
  });
  const { code, err } = await grodinHere(
    ['manifest', 'imglist', 'list.txt', '--root', 'set', '-o', 'out/l.csv'],
    folder,
  );
  t.is(code, 2);
  t.regex(err, /^grodin: list\.txt:2: no image at .*none\.png[^\n]*\n$/);
  t.is(await readFile(join(folder, 'out/l.csv'), 'utf8'), 'precious');
  t.deepEqual(await readdir(join(folder, 'out')), ['l.csv']);
});

test('a dead link is named on standard error with what a terminal would obey written out', async (t) => {
  const folder = await temporaryFolder(t, tree);
  await symlink('nowhere', join(folder, 'set/cat/\x1b[2J\x9b\n.png'));
  const { code, out, err } = await grodinHere(['manifest', 'folder', 'set', '-o', 's.csv'], folder);
  t.is(code, 0);
  t.is(out, 's.csv: 3 images, 3 of them labelled, 2 classes; left out: 1 other file, 1 dead link\n');
  t.is(err, 'set/cat/\\x1b[2J\\x9b\\n.png: a link that leads nowhere; left out\n');
});

test('a manifest may be written to a pipe or a device, which stay what they are', async (t) => {
  const folder = await temporaryFolder(t, tree);
  // A shell's pipe, as a program's own may be a socket, which can't be opened by name.
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', '"$0" "$@" | cat', process.execPath, main, 'manifest', 'folder', 'set', '-o', '/dev/stdout'],
    { cwd: folder },
  );
  t.regex(stdout, /^# grodin manifest .*\npath,label\n.*cat\/1\.png,0\n/);
  const full = await grodinHere(['manifest', 'folder', 'set', '-o', '/dev/full'], folder);
  t.is(full.code, 1);
  t.regex(full.err, /^grodin: \/dev\/full: no space left on the disk; [^\n]+\n$/);
  t.true((await stat('/dev/full')).isCharacterDevice());
});

test('a link in the place of the manifest is written through', async (t) => {
  const folder = await temporaryFolder(t, { ...tree, 'real.csv': 'old' });
  await symlink('real.csv', join(folder, 'link.csv'));
  t.is((await grodinHere(['manifest', 'folder', 'set', '-o', 'link.csv'], folder)).code, 0);
  t.regex(await readFile(join(folder, 'real.csv'), 'utf8'), /^# grodin manifest .*\npath,label\n/);
  t.deepEqual((await readdir(folder)).sort(), ['link.csv', 'real.csv', 'set']);
});

test('several tables become one manifest, and a grid of corruptions a folder of them', async (t) => {
  const tables = fileURLToPath(new URL('../../../test/images/parquet/', import.meta.url));
  const folder = await temporaryFolder(t, { 'c/labels.npy': byteLabels(Array(50_000).fill(1)) });
  const stack = arrayFile('|u1', [50_000, 32, 32, 3], new Uint8Array(0));
  await writeFile(join(folder, 'c/fog.npy'), stack);
  await truncate(join(folder, 'c/fog.npy'), stack.length + 50_000 * 3072);
  const two = ['plain-zstd', 'required'].map((name) => join(tables, `${name}.parquet`));
  t.deepEqual(await grodinHere(['manifest', 'parquet', ...two, '--no-labels', '-o', 'two.csv'], folder), {
    code: 0,
    out: 'two.csv: 15 images, without labels\n',
    err: '',
  });
  const { code, out, err } = await grodinHere(['manifest', 'cifar-c', 'c', '-o', 'cells'], folder);
  t.is(code, 0);
  t.is(out, 'cells: 5 manifests of 50000 images, and sets.json\n');
  t.regex(err, /^c: not there: gaussian_noise, shot_noise, .*saturate\n$/);
  t.deepEqual((await readdir(join(folder, 'cells'))).sort(), [
    ...['fog-1.csv', 'fog-2.csv', 'fog-3.csv', 'fog-4.csv', 'fog-5.csv'],
    'sets.json',
  ]);
  const json = await grodinHere(['manifest', 'cifar-c', 'c', '-o', 'cells', '--json'], folder);
  const { sets, images, missing } = JSON.parse(json.out);
  t.deepEqual([sets, images, missing.length], [5, 50_000, 18]);
});

test('archives are listed in place, with what was left out and what is unusual', async (t) => {
  const image = (name: string) => ({ name, content: name });
  const folder = await temporaryFolder(t, {
    'a.tar': tarOf([image('set/cat/1.png'), image('set/cat/1.png'), image('../up.png'), image('set/cat/.x')]),
    'b.tar': tarOf([image('set/dog/1.png')]),
    's-0.tar': tarOf([image('1.png'), { name: '1.cls', content: '4' }]),
    's-1.tar': tarOf([image('1.png'), { name: '1.cls', content: '5' }]),
    'fog.tar': tarOf([image('fog/1/n01440764/a.JPEG'), image('notes.txt')]),
    'other.tar': tarOf(
      ['plasma_noise/1', 'fogg/5', 'fog/6', 'caustic_refraction/9.15']
        .map((cell) => image(`set/${cell}/n01440764/a.JPEG`))
        .concat([image('notes.txt'), image('set/fogg/5/n01440764/b.ppm')]),
    ),
    'z.tar': Buffer.from([0x1f, 0x8b, 8, 0]),
  });
  t.deepEqual(await grodinHere(['manifest', 'tar', 'a.tar', 'b.tar', '-o', 'set.csv'], folder), {
    code: 0,
    out: 'set.csv: 2 images, 2 of them labelled, 2 classes; left out: 1 hidden or system file or folder, 1 file that a later one replaces, 1 name that leads outside\n',
    err: '',
  });
  t.is(
    await readFile(join(folder, 'set.csv'), 'utf8'),
    '# grodin manifest {"dataset":"tar a.tar and 1 more","sha256":"d6db4506525d881736c7fa3003b7576de634dea988253fe0597c354e026d4170"}\n' +
      'path,offset,length,label,id\na.tar,1536,13,0,a.tar/set/cat/1.png\nb.tar,512,13,1,b.tar/set/dog/1.png\n',
  );
  const shards = await grodinHere(
    ['manifest', 'webdataset', 's-{0..1}.tar', '-o', 's.csv', '--json'],
    folder,
  );
  t.deepEqual(JSON.parse(shards.out).archived, { links: 0, replaced: 0, outside: 0, imageless: 0 });
  const cells = await grodinHere(['manifest', 'imagenet-c', 'fog.tar', '-o', 'c'], folder);
  t.is(cells.out, 'c: 1 manifests of 1 images, and sets.json; left out: 1 other file\n');
  t.regex(cells.err, /^fog\.tar: not there: noise \(gaussian_noise, .*\), .*, fog-2, .*\n$/);
  const few = await grodinHere(['manifest', 'imagenet-o', 'b.tar', '-o', 'o.csv'], folder);
  t.is(few.out, 'o.csv: 1 image, without labels\n');
  t.regex(few.err, /^b\.tar: holds 1 images in 1 folders, and ImageNet-O has 2000 in 200; /);
  const other = await grodinHere(['manifest', 'imagenet-c', 'other.tar', '-o', 'd', '--no-header'], folder);
  t.is(other.out, 'd: 2 manifests of 2 images, and sets.json; left out: 4 other files\n');
  const notes = other.err.split('\n');
  t.is(
    notes[1],
    'other.tar: not of ImageNet-C\'s 19 corruptions: "fogg", "plasma_noise"; their sets are written, and means over corruptions count them: rename or remove them if that is not meant',
  );
  t.is(
    notes[2],
    'other.tar: 2 images are in no set, as they do not lie in CORRUPTION/SEVERITY/CLASS with a severity from 1 to 5: set/caustic_refraction/9.15 (1), set/fog/6 (1); rename their folders, or list each unpacked with "grodin manifest folder --base name"',
  );
  t.is(
    notes[3],
    '1 image ending in .ppm, a format that is not read; left out: convert it to PNG to have it in',
  );
  t.deepEqual(await grodinHere(['manifest', 'tar', 'z.tar', '-o', 'z.csv'], folder), {
    code: 2,
    out: '',
    err: 'grodin: z.tar: is compressed with gzip, and images are read from plain archives only; unpack it once with: gzip -dc z.tar > z-plain.tar\n',
  });
});
