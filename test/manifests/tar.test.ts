import { execFile } from 'node:child_process';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { folderBuilder } from '../../manifests/builders/folder.js';
import { tarBuilder } from '../../manifests/builders/tar.js';
import { imageExtensions } from '../../manifests/image-formats.js';
import { locationOf } from '../../manifests/location.js';
import { InputError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { longName, pax, tarOf, type Written } from '../tar-archive.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

const build = (file: string | readonly string[], options: Record<string, string | boolean> = {}) =>
  tarBuilder.buildFrom([file].flat(), options);

async function archive(
  t: ExecutionContext,
  members: readonly Written[],
  end?: Buffer<ArrayBuffer>,
): Promise<string> {
  return join(await temporaryFolder(t, { 'set.tar': tarOf(members, end) }), 'set.tar');
}

/** What lies at the places that a manifest names, by id. */
async function contents(entries: readonly { readonly path: string; readonly id?: string | undefined }[]) {
  const found: [string | undefined, string][] = [];
  for (const { path, id } of entries) {
    const { file, part } = locationOf(path);
    if (part?.kind !== 'bytes') throw new Error(path);
    const bytes = await readFile(file);
    found.push([id, bytes.toString('utf8', part.offset, part.offset + part.length)]);
  }
  return found;
}

const refused = (t: ExecutionContext, file: string, message: string, options = {}) =>
  t.throwsAsync(build(file, options), { instanceOf: InputError, message: `${file}: ${message}` });

test('members are listed as the folder that they unpack to, with the bytes of each', async (t) => {
  const file = await archive(t, [
    { name: 'set/cat/b.png', content: 'second' },
    { name: 'set/ant/', type: '5' },
    { name: 'set/cat/deep/a.jpg', content: 'deep' },
    { name: './set//cat/a.JPEG', content: 'x'.repeat(513) },
    { name: 'set/ant/z.png', content: 'ant' },
    { name: 'set/README.txt', content: 'words' },
  ]);
  const { entries, leftOut } = await build(file, { base: 'path' });
  t.deepEqual(await contents(entries), [
    ['set/ant/z.png', 'ant'],
    ['set/cat/a.JPEG', 'x'.repeat(513)],
    ['set/cat/b.png', 'second'],
    ['set/cat/deep/a.jpg', 'deep'],
  ]);
  t.deepEqual(
    entries.map(({ label, base }) => [label, base]),
    [
      [0, 'ant/z'],
      [1, 'cat/a'],
      [1, 'cat/b'],
      [1, 'cat/deep/a'],
    ],
  );
  t.deepEqual(leftOut, {
    others: 1,
    hidden: 0,
    deadLinks: [],
    notUtf8: [],
    archived: { links: 0, replaced: 0, outside: 0, imageless: 0 },
  });
});

test('names and sizes are read in every way that they are written', async (t) => {
  const long = `cat/${'long'.repeat(40)}.png`;
  const file = await archive(t, [
    pax({ comment: 'for all' }, 'g'),
    longName(long),
    { name: long.slice(0, 100), content: 'GNU' },
    { name: 'file.png', prefix: 'cat/posix', content: 'POSIX' },
    pax({ mtime: '1.5', path: 'cat/päx\n.png', size: '3' }),
    { name: 'cat/short.png', content: 'PAX', size: 0 },
    { name: 'cat/bytes.png', content: 'base-256', isBase256: true },
    { name: 'cat/old.png', content: 'V7', type: '\0', magic: '' },
    { name: 'cat/folder/', type: '\0', magic: '' },
    { name: 'cat/gnu.png', content: 'GNU', magic: 'ustar  \0', prefix: '13370000000' },
  ]);
  const found = await contents((await build(file)).entries);
  t.deepEqual(Object.fromEntries(found), {
    [long]: 'GNU',
    'cat/posix/file.png': 'POSIX',
    'cat/päx\n.png': 'PAX',
    'cat/bytes.png': 'base-256',
    'cat/old.png': 'V7',
    'cat/gnu.png': 'GNU',
  });
});

test('what is no image is left out and counted by why', async (t) => {
  const file = await archive(t, [
    { name: 'cat/a.png', content: 'first' },
    { name: 'cat/a.png', content: 'second' },
    { name: 'cat/b.png', content: 'a file first' },
    { name: 'cat/b.png', type: '2' },
    { name: 'cat/hard.png', type: '1', size: 99 },
    { name: 'cat/device.png', type: '3' },
    { name: 'cat/empty.png' },
    { name: 'cat/.hidden.png', content: '.' },
    { name: '__MACOSX/cat/._a.png', content: '.' },
    { name: 'cat/Thumbs.db', content: '.' },
    { name: '../cat/up.png', content: '.' },
    { name: '/cat/root.png', content: '.' },
    { name: 'cat/notes.txt', content: '.' },
    { name: Buffer.from([0x63, 0x2f, 0xe9, 0x2e, 0x70, 0x6e, 0x67]), content: '.' },
  ]);
  const { entries, leftOut } = await build(file);
  // An image without a byte becomes an error of a run, as in a folder.
  t.deepEqual(await contents(entries), [
    ['cat/a.png', 'second'],
    ['cat/empty.png', ''],
  ]);
  t.deepEqual(leftOut, {
    others: 1,
    hidden: 3,
    deadLinks: [],
    notUtf8: ['c/\\xe9.png'],
    archived: { links: 3, replaced: 2, outside: 2, imageless: 0 },
  });
});

test('hidden, empty and unread files count alike in a folder and in its tar', async (t) => {
  const files = {
    'set/cat/a.png': 'a',
    'set/cat/empty.png': '',
    'set/cat/b.bmp': 'b',
    'set/cat/c.ppm': 'c',
    'set/cat/d.PPM': 'd',
    'set/cat/e.jxl': 'e',
    'set/cat/notes.txt': '.',
    'set/cat/.hidden.png': '.',
    'set/cat/.cache/a.png': '.',
    'set/cat/.cache/deep/.b.png': '.',
    'set/cat/.cache/deep/c.png': '.',
    'set/__MACOSX/cat/._a.png': '.',
    'set/__MACOSX/cat/._b.png': '.',
  };
  const folder = await temporaryFolder(t, {
    ...files,
    'set.tar': tarOf([
      { name: 'set/cat/.cache/', type: '5' },
      ...Object.entries(files).map(([name, content]) => ({ name, content })),
    ]),
  });
  const inFolder = await folderBuilder.build(join(folder, 'set'), { base: 'path' });
  const { archived, ...inTar } = (await build(join(folder, 'set.tar'), { base: 'path' })).leftOut;
  t.deepEqual(inTar, inFolder.leftOut);
  t.deepEqual(inTar, { others: 4, hidden: 3, deadLinks: [], notUtf8: [], unread: { '.ppm': 2, '.jxl': 1 } });
  t.deepEqual(
    (await build(join(folder, 'set.tar'), { base: 'path' })).entries.map(({ base, label }) => [base, label]),
    inFolder.entries.map(({ base, label }) => [base, label]),
  );
  t.deepEqual(
    inFolder.entries.map(({ base }) => base),
    ['cat/a', 'cat/b', 'cat/empty'],
  );
});

test('a tar made by tar lists what its folder does', async (t) => {
  const folder = await temporaryFolder(t, {
    'set/10/x.png': 'ten',
    'set/9/é.png': 'nine',
    [`set/9/${'n'.repeat(120)}.png`]: 'long',
    'set/9/.hidden.png': '.',
  });
  const formats = ['gnu', 'pax', 'ustar', 'v7'];
  let tried = 0;
  for (const format of formats) {
    const file = join(folder, `${format}.tar`);
    const made = await promisify(execFile)('tar', ['-cf', file, `--format=${format}`, '-C', folder, 'set'])
      .then(() => true)
      // v7 has no long names; and there may be no GNU tar.
      .catch(() => false);
    if (!made) continue;
    tried++;
    for (const options of [{ classOrder: 'number' }, { classOrder: 'text' }, { labels: false }]) {
      const there = await folderBuilder.build(join(folder, 'set'), { ...options, base: 'path' });
      const { entries } = await build(file, { ...options, base: 'path' });
      t.deepEqual(
        entries.map(({ label, base, id }) => [label, base, id]),
        there.entries.map(({ label, base, path }) => [label, base, path.slice(folder.length + 1)]),
      );
      const found = await contents(entries);
      t.deepEqual(
        found.map(([, text]) => text),
        ['long', 'nine', 'ten'],
      );
    }
  }
  t.log(`${tried} of ${formats.length} formats`);
});

test('class folders are those of folders: two orders, empty ones, images in none', async (t) => {
  const numbers = await archive(t, [
    { name: '9/a.png', content: '.' },
    { name: '10/a.png', content: '.' },
  ]);
  await t.throwsAsync(build(numbers), {
    message: /the class folders are numbers, which are 10, 9, … as text/,
  });
  const empty = await archive(t, [
    { name: 'a/', type: '5' },
    { name: 'b/x.png', content: '.' },
  ]);
  await t.throwsAsync(build(empty), {
    message: `${empty}/a: this class folder holds no images (files ending in ${imageExtensions.join(', ')}); convert those that it has, list the class folders with --classes, or remove it if it is no class of the network`,
  });
  const loose = await archive(t, [
    { name: 'x.png', content: '.' },
    { name: 'a/y.png', content: '.' },
  ]);
  await t.throwsAsync(build(loose), { message: /x\.png: the image lies in no class folder/ });
  t.is((await build(loose, { labels: false })).entries.length, 2);
  t.is((await build(empty, { root: 'b', labels: false, base: 'path' })).entries[0]?.base, 'x');
  await t.throwsAsync(build(loose, { root: 'a' }), {
    message: /x\.png does not lie in a, the folder of --root/,
  });
});

test('several archives make one set, whose ids name the archive', async (t) => {
  const folder = await temporaryFolder(t, {
    'a.tar': tarOf([{ name: 'set/dog/1.png', content: 'dog' }]),
    'b.tar': tarOf([{ name: 'set/cat/1.png', content: 'cat' }]),
    'other/a.tar': tarOf([{ name: 'set/cat/1.png', content: 'cat' }]),
  });
  const [a, b, c] = ['a.tar', 'b.tar', 'other/a.tar'].map((name) => join(folder, name));
  const { entries } = await build([a!, b!]);
  t.deepEqual(
    entries.map(({ id, label }) => [id, label]),
    [
      ['b.tar/set/cat/1.png', 0],
      ['a.tar/set/dog/1.png', 1],
    ],
  );
  await t.throwsAsync(build([a!, c!]), {
    message: `${c}: has the name of ${a}, and images are told apart by it; rename one`,
  });
  await t.throwsAsync(build([a!, a!]), { message: `${a}: is given twice; give it once` });
});

test('an archive that is cut off is refused wherever it ends', async (t) => {
  const members = [
    { name: 'cat/a.png', content: 'x'.repeat(2000) },
    longName(`cat/${'b'.repeat(200)}.png`),
    { name: 'cat/b', content: 'y'.repeat(700) },
  ];
  const whole = tarOf(members);
  const file = await archive(t, members);
  t.is((await build(file)).entries.length, 2);
  for (let end = whole.length - 1024; end > 512; end -= 97) {
    await truncate(file, end);
    await t.throwsAsync(build(file), {
      instanceOf: InputError,
      message: /set\.tar: is cut off: .*; download it again$/,
    });
  }
  await writeFile(file, whole.subarray(0, whole.length - 1024));
  await refused(
    t,
    file,
    `is cut off: it has ${whole.length - 1024} bytes, and at byte ${whole.length - 1024} neither another member nor the mark of its end; download it again`,
  );
  await writeFile(file, whole.subarray(0, 100));
  await refused(t, file, 'is no tar archive; check the path, or download it again');
  await writeFile(file, '');
  await refused(t, file, 'is empty (0 bytes); expected a tar archive');
});

test('a damaged archive is refused with the place of the damage', async (t) => {
  const content = tarOf([
    { name: 'cat/a.png', content: 'x' },
    { name: 'cat/b.png', content: 'y' },
  ]);
  const file = await archive(t, []);
  content[1024 + 3] = 0x41;
  await writeFile(file, content);
  await refused(t, file, 'is damaged: at byte 1024 there is no header; download it again');
  const sparse = [pax({ 'GNU.sparse.major': '1' }), { name: 'cat/a.png', content: 'x' }];
  await writeFile(file, tarOf(sparse));
  await refused(
    t,
    file,
    'stores cat/a.png without its holes (a sparse file); unpack it with tar, and name the folder',
  );
  await writeFile(file, tarOf([{ name: 'cat/a.png', type: 'S' }]));
  await refused(
    t,
    file,
    'stores cat/a.png without its holes (a sparse file); unpack it with tar, and name the folder',
  );
  await writeFile(file, tarOf([{ name: 'x', type: 'x', content: '9 path=' }]));
  await refused(t, file, 'has a PAX header that is none');
  await writeFile(file, tarOf([{ name: 'L', type: 'L', size: 2 ** 33, isBase256: true }]));
  await t.throwsAsync(build(file), { message: /is cut off: L ends at byte/ });
  await writeFile(file, tarOf([{ name: 'cat/a.png', content: 'x' }], Buffer.alloc(10240)));
  t.is((await build(file)).entries.length, 1);
  const two = Buffer.concat([
    content.subarray(0, 1024),
    Buffer.alloc(9216),
    tarOf([{ name: 'b', content: 'y' }]),
  ]);
  await writeFile(file, two);
  const folder = file.slice(0, -4);
  await refused(
    t,
    file,
    `has another archive behind its end, at byte 10240; unpack both with: mkdir -p ${folder} && tar -xif ${file} -C ${folder}`,
  );
});

test('compressed and nested archives are refused with the command that unpacks them, whatever their names', async (t) => {
  const plain = tarOf([{ name: 'cat/a.png', content: 'x' }]);
  const magic: Readonly<Record<string, readonly [Buffer, string]>> = {
    'a.tar.gz': [gzipSync(plain), 'gzip, IS; ONCE gzip -dc FILE > STEM.tar'],
    'a.tgz': [gzipSync(plain), 'gzip, IS; ONCE gzip -dc FILE > STEM.tar'],
    'a.tar': [gzipSync(plain), 'gzip, IS; ONCE gzip -dc FILE > STEM-plain.tar'],
    'a.tar.bz2': [Buffer.from('BZh91AY'), 'bzip2, IS; ONCE bzip2 -dc FILE > STEM.tar'],
    'a.tar.xz': [Buffer.from('\xfd7zXZ\0', 'latin1'), 'xz, IS; ONCE xz -dc FILE > STEM.tar'],
    'a.tar.zst': [Buffer.from('\x28\xb5\x2f\xfd', 'latin1'), 'zstd, IS; ONCE zstd -dc FILE > STEM.tar'],
    'a.zip': [Buffer.from('PK\x03\x04'), 'zip, IS; ONCE unzip FILE -d STEM, and name that folder'],
  };
  for (const [name, [content, expected]] of Object.entries(magic)) {
    const file = join(await temporaryFolder(t, { [name]: content }), name);
    const told = expected
      .replace('IS;', 'and images are read from plain archives only;')
      .replace('ONCE', 'unpack it once with:')
      .replace('FILE', file)
      .replace('STEM', file.replace(/a\..*$/, 'a'));
    await refused(t, file, `is compressed with ${told}`);
  }
  const renamed = join(await temporaryFolder(t, { "o'ne.tar.gz": plain }), "o'ne.tar.gz");
  await refused(
    t,
    renamed,
    'is a tar archive by its content, and manifests know one by the ending .tar; rename it',
  );
  const nested = await archive(t, [{ name: 'n01440764.tar', content: plain }]);
  const folder = nested.slice(0, -4);
  await refused(
    t,
    nested,
    'holds another archive, n01440764.tar, and images are read from archives in no other; unpack it once with: ' +
      `mkdir -p ${folder} && tar -xf ${nested} -C ${folder}`,
  );
});

test('what is no archive is refused in one line', async (t) => {
  const folder = await temporaryFolder(t, { 'a.tar': 'x'.repeat(2000), 'none.tar': Buffer.alloc(10240) });
  await refused(t, folder, 'is a folder; expected a tar archive');
  await refused(t, join(folder, 'b.tar'), 'no such archive; check the path');
  await refused(t, join(folder, 'a.tar'), 'is no tar archive; check the path, or download it again');
  await t.throwsAsync(build(join(folder, 'none.tar')), {
    message: /none\.tar: holds no images; expected files/,
  });
});

test('whatever is damaged, an archive is read or refused in one line', async (t) => {
  const whole = tarOf([
    pax({ path: 'cat/pax.png', size: '3' }),
    { name: 'cat/x.png', content: 'PAX', size: 0 },
    longName(`cat/${'b'.repeat(120)}.png`),
    { name: 'cat/b', content: 'GNU' },
    { name: 'cat/c.png', content: 'base-256', isBase256: true },
    { name: 'cat/link.png', type: '2' },
  ]);
  const file = await archive(t, []);
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(damage, fc.boolean(), async (changes, isSummed) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) {
        bytes[at] = value;
        // A header that is wrong by intent says so nowhere.
        const header = bytes.subarray(at - (at % 512), at - (at % 512) + 512);
        if (isSummed) header.fill(0x20, 148, 156);
        const sum = header.reduce((total, byte) => total + byte, 0);
        if (isSummed) header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
      }
      await writeFile(file, bytes);
      const error = await build(file, { labels: false }).then(
        ({ entries }) => {
          for (const { path } of entries) {
            const { part } = locationOf(path);
            t.true(part?.kind === 'bytes' && part.offset + part.length <= bytes.length);
          }
          return null;
        },
        (reason: unknown) => reason,
      );
      if (error !== null) t.true(error instanceof InputError && !error.message.includes('\n'), String(error));
    }),
    { numRuns: 400, seed: 22 },
  );
});

test('an image beside the class folders of an archive is refused, as its folder is', async (t) => {
  const names = ['set/cat/1.png', 'set/dog/1.png', 'set/preview.png'];
  const file = join(
    await temporaryFolder(t, { 'set.tar': tarOf(names.map((name) => ({ name, content: name }))) }),
    'set.tar',
  );
  await t.throwsAsync(tarBuilder.buildFrom([file], {}), {
    message: /set\.tar\/set: would be the only class, but its images lie in folders, as "cat"/,
  });
  const { entries } = await tarBuilder.buildFrom([file], { labels: false });
  t.is(entries.length, 3);
});
