import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { folderBuilder } from '../../manifests/builders/folder.js';
import { imglistBuilder } from '../../manifests/builders/imglist.js';
import { InputError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

const tree = {
  'set/cat/b.PNG': '',
  'set/cat/a.jpg': '',
  'set/cat/deep/er/c.JPEG': '',
  'set/cat/notes.txt': '',
  'set/cat/.hidden.png': '',
  'set/ant/z.webp': '',
  'set/Zebra/q.png': '',
};

test('class folders are numbered by name, images sorted, other files counted', async (t) => {
  const folder = await temporaryFolder(t, tree);
  const { entries, leftOut } = await folderBuilder.build(join(folder, 'set'), {});
  t.deepEqual(entries, [
    { path: join(folder, 'set/Zebra/q.png'), label: 0 },
    { path: join(folder, 'set/ant/z.webp'), label: 1 },
    { path: join(folder, 'set/cat/a.jpg'), label: 2 },
    { path: join(folder, 'set/cat/b.PNG'), label: 2 },
    { path: join(folder, 'set/cat/deep/er/c.JPEG'), label: 2 },
  ]);
  t.deepEqual(leftOut, { others: 1, hidden: 1, deadLinks: [], notUtf8: [] });
});

test('a class list decides the labels, and may hold classes that the tree lacks', async (t) => {
  const folder = await temporaryFolder(t, { ...tree, 'classes.txt': 'cat\r\ndog\r\nant\r\nZebra\r\n' });
  const { entries } = await folderBuilder.build(join(folder, 'set'), {
    classes: join(folder, 'classes.txt'),
  });
  t.deepEqual(
    entries.map(({ label }) => label),
    [3, 2, 0, 0, 0],
  );
});

test('without labels, images may lie anywhere', async (t) => {
  const folder = await temporaryFolder(t, { ...tree, 'set/loose.png': '' });
  const { entries } = await folderBuilder.build(join(folder, 'set'), { labels: false });
  t.is(entries.length, 6);
  t.deepEqual(entries[0], { path: join(folder, 'set/loose.png'), label: null });
});

test('a root that is one folder too high is refused, as all images would be of one class', async (t) => {
  const folder = await temporaryFolder(t, { ...tree, 'set/preview.png': '' });
  const error = await t.throwsAsync(folderBuilder.build(folder, {}), { instanceOf: InputError });
  t.true(error.message.startsWith(`${join(folder, 'set')}: would be the only class`), error.message);
  t.regex(error.message, /name the folder that holds the class folders as the root.*--classes FILE$/);
  // One class whose images lie in one folder more is one class.
  const single = await temporaryFolder(t, { 'set/cat/a.png': '', 'set/cat/more/b.png': '' });
  const { entries } = await folderBuilder.build(join(single, 'set'), {});
  t.deepEqual(
    entries.map(({ label }) => label),
    [0, 0],
  );
});

test('copies of a photograph in several trees get the same base image', async (t) => {
  const folder = await temporaryFolder(t, {
    'val/cat/1.jpg': '',
    'val/dog/1.jpg': '',
    'c/blur/5/cat/1.png': '',
    'c/blur/5/dog/1.png': '',
  });
  const bases = async (root: string, base: string) =>
    (await folderBuilder.build(join(folder, root), { base })).entries.map((entry) => entry.base);
  t.deepEqual(await bases('val', 'path'), ['cat/1', 'dog/1']);
  t.deepEqual(await bases('c/blur/5', 'path'), ['cat/1', 'dog/1']);
  t.deepEqual(await bases('val', 'name'), ['1', '1']);
});

test('linked class folders are followed, and a link in a circle is refused', async (t) => {
  const folder = await temporaryFolder(t, { 'real/a.png': '' });
  await mkdir(join(folder, 'set'));
  await symlink(join(folder, 'real'), join(folder, 'set/cat'));
  t.is((await folderBuilder.build(join(folder, 'set'), {})).entries.length, 1);
  await symlink(folder, join(folder, 'real/back'));
  const error = await t.throwsAsync(folderBuilder.build(join(folder, 'set'), {}), { instanceOf: InputError });
  t.regex(error.message, /a link back to /);
});

test('links that lead nowhere, names that are not UTF-8 and what systems leave behind are told apart', async (t) => {
  const folder = await temporaryFolder(t, {
    'set/cat/a.png': '',
    'set/cat/Thumbs.db': '',
    'set/cat/.DS_Store': '',
    'set/__MACOSX/cat/._a.png': '',
    'set/cat/notes.txt': '',
  });
  await symlink('nowhere.png', join(folder, 'set/cat/dead.png'));
  await symlink('round.png', join(folder, 'set/cat/round.png'));
  await writeFile(
    Buffer.concat([Buffer.from(join(folder, 'set/cat/caf')), Buffer.from([0xe9]), Buffer.from('.png')]),
    '',
  );
  const { entries, leftOut } = await folderBuilder.build(join(folder, 'set'), {});
  t.deepEqual(entries, [{ path: join(folder, 'set/cat/a.png'), label: 0 }]);
  t.deepEqual(leftOut, {
    others: 1,
    hidden: 3,
    deadLinks: ['cat/dead.png', 'cat/round.png'],
    notUtf8: ['cat/caf\\xe9.png'],
  });
});

test('a class folder that can not be followed or named is refused, as it would move the labels', async (t) => {
  const folder = await temporaryFolder(t, { 'set/b/a.png': '', list: 'b\n' });
  const root = join(folder, 'set');
  await symlink('nowhere', join(root, 'a'));
  await t.throwsAsync(folderBuilder.build(root, {}), {
    instanceOf: InputError,
    message: `${root}/a: a link that leads nowhere among the class folders; remove it, or list the class folders with --classes`,
  });
  t.deepEqual((await folderBuilder.build(root, { classes: join(folder, 'list') })).leftOut.deadLinks, ['a']);
  await rename(join(root, 'a'), Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]));
  await mkdir(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xfe])]));
  await t.throwsAsync(folderBuilder.build(root, {}), {
    instanceOf: InputError,
    message: `${root}/\\xfe: a name that is not UTF-8 among the class folders; remove it, or list the class folders with --classes`,
  });
});

/** A tree with the class folders 0 to 11. */
const numbered = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`set/${i}/a.png`, '']));

test('class folders that are numbers have two orders, and one must be said', async (t) => {
  const folder = await temporaryFolder(t, {
    ...numbered,
    list: Array.from({ length: 12 }, (_, i) => 11 - i).join('\n'),
  });
  const root = join(folder, 'set');
  await t.throwsAsync(folderBuilder.build(root, {}), {
    instanceOf: InputError,
    message:
      `${root}: the class folders are numbers, which are 0, 1, 10, 11, … as text and 0, 1, 2, 3, … as numbers; say which ` +
      'is meant with --class-order number or --class-order text, or list them with --classes FILE',
  });
  const labels = async (options: Record<string, string | boolean>) => {
    const { entries } = await folderBuilder.build(root, options);
    return new Map(entries.map(({ path, label }) => [path.split('/').at(-2), label]));
  };
  const [number, text] = [await labels({ classOrder: 'number' }), await labels({ classOrder: 'text' })];
  t.deepEqual([number.get('2'), number.get('10')], [2, 10]);
  t.deepEqual([text.get('2'), text.get('10')], [4, 2]);
  t.is((await labels({ classes: join(folder, 'list') })).get('10'), 1);
  t.is((await labels({ labels: false })).get('10'), null);
});

test('numbers of equal length have one order, and say the class index if they are told to', async (t) => {
  const folder = await temporaryFolder(t, { 'set/07/a.png': '', 'set/12/a.png': '' });
  const labels = async (options: Record<string, string>) =>
    (await folderBuilder.build(join(folder, 'set'), options)).entries.map(({ label }) => label);
  t.deepEqual(await labels({}), [0, 1]);
  t.deepEqual(await labels({ classOrder: 'number' }), [7, 12]);
});

test('a folder that is not a class index, or the same as another, is refused where numbers are expected', async (t) => {
  const folder = await temporaryFolder(t, {
    'a/1/a.png': '',
    'a/cat/a.png': '',
    'b/1/a.png': '',
    'b/01/a.png': '',
  });
  await t.throwsAsync(folderBuilder.build(join(folder, 'a'), { classOrder: 'number' }), {
    instanceOf: InputError,
    message: /a\/cat: "cat" is not a class index, as --class-order number expects/,
  });
  await t.throwsAsync(folderBuilder.build(join(folder, 'b'), { classOrder: 'number' }), {
    instanceOf: InputError,
    message: /b\/01: is class 1, as "1" is; rename one/,
  });
});

const folderFaults: readonly [
  behaviour: string,
  files: Readonly<Record<string, string>>,
  options: Readonly<Record<string, string>>,
  message: string,
][] = [
  [
    'a root that does not exist is refused',
    {},
    {},
    "ROOT: can't be listed (no such folder); expected a folder of images",
  ],
  [
    'a root that is a file is refused',
    { set: '' },
    {},
    "ROOT: can't be listed (is no folder); expected a folder of images",
  ],
  [
    'a tree without images is refused',
    { 'set/cat/a.txt': '' },
    {},
    'ROOT: holds no images; expected files ending in .jpg, .jpeg, .jpe, .jfif, .jif, .png, .apng, .webp, .tif, .tiff, .gif, .bmp, .dib, .avif, .avifs',
  ],
  [
    'an image outside the class folders is refused',
    { 'set/a.png': '', 'set/cat/b.png': '' },
    {},
    'ROOT/a.png: the image lies in no class folder; move it into one, or use --no-labels',
  ],
  [
    'a class folder without images, which would move the labels, is refused',
    { 'set/cat/a.png': '', 'set/logs/x.txt': '' },
    {},
    'ROOT/logs: this class folder holds no images (files ending in .jpg, .jpeg, .jpe, .jfif, .jif, .png, .apng, .webp, .tif, .tiff, .gif, .bmp, .dib, .avif, .avifs); convert those that it has, list the class folders with --classes, or remove it if it is no class of the network',
  ],
  [
    'a class folder that the list lacks is refused with the one that was meant',
    { 'set/cats/a.png': '', list: 'cat\ndog\n' },
    { classes: 'list' },
    'ROOT/cats: class "cats" is not in LIST; did you mean "cat"?',
  ],
  [
    'a class folder that resembles none in the list is refused',
    { 'set/elephant/a.png': '', list: 'cat\ndog\n' },
    { classes: 'list' },
    'ROOT/elephant: class "elephant" is not in LIST; add it, or use --no-labels for classes the model never saw',
  ],
  [
    'a class that the list names twice is refused',
    { 'set/cat/a.png': '', list: 'cat\ndog\ncat\n' },
    { classes: 'list' },
    'LIST:3: class "cat" already stands on line 1; drop one',
  ],
  [
    'an empty line in the class list is refused',
    { 'set/cat/a.png': '', list: 'cat\n\ndog\n' },
    { classes: 'list' },
    'LIST:2: this line is empty; expected one class name a line',
  ],
];

for (const [behaviour, files, options, message] of folderFaults) {
  test(behaviour, async (t) => {
    const folder = await temporaryFolder(t, files);
    const located = 'classes' in options ? { classes: join(folder, 'list') } : {};
    await t.throwsAsync(folderBuilder.build(join(folder, 'set'), located), {
      instanceOf: InputError,
      message: message.replace('ROOT', join(folder, 'set')).replace('LIST', join(folder, 'list')),
    });
  });
}

test('an OpenOOD list gives labels, -1 meaning unknown, and paths below the root', async (t) => {
  const list = 'val/a.jpg 3\r\nval/with space.png -1\n\nother/c.png 0\n';
  const folder = await temporaryFolder(t, {
    'list.txt': list,
    'images/val/a.jpg': '',
    'images/val/with space.png': '',
    'images/other/c.png': '',
  });
  const root = join(folder, 'images');
  const { entries } = await imglistBuilder.build(join(folder, 'list.txt'), { root, base: 'path' });
  t.deepEqual(entries, [
    { path: join(root, 'val/a.jpg'), label: 3, base: 'val/a' },
    { path: join(root, 'val/with space.png'), label: null, base: 'val/with space' },
    { path: join(root, 'other/c.png'), label: 0, base: 'other/c' },
  ]);
});

async function imglistFault(t: ExecutionContext, list: string, message: string): Promise<void> {
  const folder = await temporaryFolder(t, { 'list.txt': list, 'a.png': '' });
  const file = join(folder, 'list.txt');
  await t.throwsAsync(imglistBuilder.build(file, { root: folder }), {
    instanceOf: InputError,
    message: `${file}${message.replace('ROOT', folder)}`,
  });
}

test('a list line without a label is refused', (t) =>
  imglistFault(
    t,
    'a.png 1\na.png\n',
    ':2: "a.png" is not a "path label" pair; expected a path, a space, an integer, or with --no-labels a path alone',
  ));

test('a list label below -1 is refused', (t) =>
  imglistFault(
    t,
    'a.png -2\n',
    ':1: label -2 is not a class index; expected an integer from 0, or -1 if unknown',
  ));

test('a listed image that the root lacks is refused', (t) =>
  imglistFault(t, 'b.png 1\n', ':1: no image at ROOT/b.png; check --root, or drop the line'));

test('of several that the root lacks the lines are told', (t) =>
  imglistFault(
    t,
    'b.png 1\na.png 2\nc.png 3\nd.png 4\n',
    ':1: no image at ROOT/b.png, nor at those of lines 3, 4; check --root, or drop the lines',
  ));

test('without labels lines are paths alone, or have labels that are not wanted', async (t) => {
  const names = ['a.png', 'b 1.png', 'b 2.png', 'c.d 3'];
  const list = 'a.png 7\nb 1.png\r\nb 2.png -1\nc.d 3\n';
  const folder = await temporaryFolder(t, {
    'list.txt': list,
    ...Object.fromEntries(names.map((name) => [name, ''])),
  });
  const { entries } = await imglistBuilder.build(join(folder, 'list.txt'), { root: folder, labels: false });
  t.deepEqual(
    entries.map(({ path, label }) => [path, label]),
    names.map((name) => [join(folder, name), null]),
  );
});

test('an empty list is refused', (t) =>
  imglistFault(t, '\n', ': lists no images; expected one "path label" a line'));

test('an image that a list names twice is refused with both lines, in whatever spelling', (t) =>
  imglistFault(t, 'a.png 1\n./a.png 2\n', ':2: "./a.png" already stands on line 1; drop one of them'));

test('a path that leads out of the root is refused', (t) =>
  imglistFault(
    t,
    '\n../a.png 1\n',
    ':2: "../a.png" leads out of ROOT, the folder of --root; name the folder that all images lie in',
  ));

test('a list label beyond what labels can be is refused with its line', (t) =>
  imglistFault(
    t,
    'a.png 2147483648\n',
    ':1: label 2147483648 is not a class index; expected an integer from 0, or -1 if unknown',
  ));

test('a NUL character in a list is refused with its line', (t) =>
  imglistFault(
    t,
    'a\0.png 1\n',
    ':1: "a\\u0000.png" holds a NUL character, which no path can; save the list as UTF-8',
  ));

test('a list whose lines end in CR or in several ways is read line by line', async (t) => {
  const folder = await temporaryFolder(t, {
    'l.txt': '\ufeffa.png 1\rb.png 2\r\nc.png\t-1',
    'a.png': '',
    'b.png': '',
    'c.png': '',
  });
  const { entries } = await imglistBuilder.build(join(folder, 'l.txt'), { root: folder });
  t.deepEqual(
    entries.map(({ label }) => label),
    [1, 2, null],
  );
});
