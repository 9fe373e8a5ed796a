import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readManifest } from '../../manifests/read-manifest.js';
import { temporaryFolder } from '../temporary-folder.js';
import { grodin } from './built.js';

const tree = { 'set/cat/1.png': '', 'set/cat/2.png': '', 'set/dog/1.png': '', 'set/readme.md': '' };

test('a class-folder tree becomes a manifest, and a sentence says what is in it', async (t) => {
  const folder = await temporaryFolder(t, tree);
  t.deepEqual(await grodin(['manifest', 'folder', 'set', '-o', 'lists/set.csv'], folder), {
    code: 0,
    out: 'lists/set.csv: 3 images, 3 of them labelled, 2 classes; 1 other files were passed over\n',
    err: '',
  });
  t.is(
    await readFile(join(folder, 'lists/set.csv'), 'utf8'),
    'path,label\n../set/cat/1.png,0\n../set/cat/2.png,0\n../set/dog/1.png,1\n',
  );
});

test('the summary is printed as JSON for scripts', async (t) => {
  const folder = await temporaryFolder(t, tree);
  const { code, out } = await grodin(
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
    sha256,
  });
});

test('an OpenOOD list becomes a manifest', async (t) => {
  const folder = await temporaryFolder(t, { ...tree, 'list.txt': 'cat/1.png 5\ndog/1.png -1\n' });
  const { code, out } = await grodin(
    ['manifest', 'imglist', 'list.txt', '--root', 'set', '-o', 'l.csv'],
    folder,
  );
  t.is(code, 0);
  t.is(out, 'l.csv: 2 images, 1 of them labelled, 1 classes\n');
  t.is(await readFile(join(folder, 'l.csv'), 'utf8'), 'path,label\nset/cat/1.png,5\nset/dog/1.png,\n');
});

test('bad input exits with 2, one line, and writes nothing', async (t) => {
  const folder = await temporaryFolder(t, tree);
  t.deepEqual(await grodin(['manifest', 'folder', 'sett', '-o', 'set.csv'], folder), {
    code: 2,
    out: '',
    err: "grodin: sett: can't be listed (no such folder); expected a folder of images\n",
  });
  await t.throwsAsync(stat(join(folder, 'set.csv')), { code: 'ENOENT' });
});

test('an option that is missing or has no such choice exits with 2', async (t) => {
  const folder = await temporaryFolder(t, tree);
  const missing = await grodin(['manifest', 'imglist', 'list.txt', '-o', 'l.csv'], folder);
  t.is(missing.code, 2);
  t.regex(missing.err, /^grodin: required option '--root <dir>' not specified; see grodin --help\n$/);
  const choice = await grodin(['manifest', 'folder', 'set', '-o', 's.csv', '--base', 'stem'], folder);
  t.is(choice.code, 2);
  t.regex(choice.err, /^grodin: option '--base <kind>' argument 'stem' is invalid\. .*path, name/);
});

test('the help of each layout explains its options by examples', async (t) => {
  for (const layout of ['folder', 'imglist']) {
    const { code, out } = await grodin(['manifest', layout, '--help'], '.');
    t.is(code, 0);
    t.regex(out, new RegExp(`\\$ grodin manifest ${layout} `));
  }
});
