import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { checkManifests } from 'grodin';
import sharp from 'sharp';
import { temporaryFolder } from '../temporary-folder.js';
import { grodin } from './built.js';
import { grodinHere } from './here.js';

/** Two sets: a broken image, a label that is too large, and an image that both have. */
async function sets(t: ExecutionContext): Promise<string> {
  const folder = await temporaryFolder(t, {
    'in.csv': 'path,label\nin0.png,0\nin1.png,1\nin2.png,2\n',
    'out.csv': 'path,id\nout0.png,zero\nout1.png,one\nout2.png,two\n',
  });
  const save = (name: string, level: number) =>
    sharp({ create: { width: 40, height: 30, channels: 3, background: { r: level, g: 9, b: 200 } } })
      .png({ compressionLevel: 0 })
      .toFile(join(folder, name));
  for (const [index, name] of ['in0.png', 'in1.png', 'in2.png', 'out0.png', 'out1.png'].entries())
    await save(name, 40 * index);
  await copyFile(join(folder, 'in1.png'), join(folder, 'out2.png'));
  return folder;
}

test('sets whose images can all be used are said to be so', async (t) => {
  const folder = await sets(t);
  t.deepEqual(await grodin(['manifest', 'check', 'in.csv', '--classes', '3'], folder), {
    code: 0,
    out: 'in.csv: 3 images, all can be used\n',
    err: '',
  });
});

test('broken images and labels beyond the classes fail the check, shared content is a warning', async (t) => {
  const folder = await sets(t);
  await truncate(join(folder, 'out0.png'), 900);
  const { code, out, err } = await grodinHere(
    ['manifest', 'check', 'in.csv', 'out.csv', '--classes', '2'],
    folder,
  );
  t.is(code, 1);
  t.is(
    out,
    'in.csv: 3 images, 1 label too large\n' +
      '  in2.png: label 2\n' +
      'out.csv: 3 images, 1 broken\n' +
      `  ${join(folder, 'out0.png')}: the image is truncated: the file ends before the image does; restore it from its source\n` +
      'warning: out.csv: 1 image has the content of images of in.csv, the first: two that of in1.png\n',
  );
  t.is(
    err,
    "grodin: 1 image can't be used, 1 label no network of 2 classes has; restore the images, or take their rows out of the manifests\n",
  );
});

test('from code a check gives what it found', async (t) => {
  const folder = await sets(t);
  await copyFile(join(folder, 'in0.png'), join(folder, 'in2.png'));
  const file = join(folder, 'in.csv');
  const { manifests, shared } = await checkManifests([file]);
  t.deepEqual(
    manifests.map(({ images, broken, beyond }) => ({ images, broken, beyond })),
    [{ images: 3, broken: [], beyond: [] }],
  );
  t.deepEqual(shared, [{ first: file, second: file, images: 1, example: ['in0.png', 'in2.png'] }]);
});

test('a manifest that is not there is refused', async (t) => {
  const folder = await temporaryFolder(t);
  const { code, err } = await grodinHere(['manifest', 'check', 'none.csv'], folder);
  t.is(code, 2);
  t.is(err, 'grodin: none.csv: no such manifest file; check the path\n');
});

test('what the first line of a manifest says is printed, and an edited one is refused in one line', async (t) => {
  const folder = await sets(t);
  const built = await grodinHere(
    ['manifest', 'folder', '.', '--no-labels', '--dataset', 'five', '-o', 'set.csv'],
    folder,
  );
  t.is(built.code, 0);
  const { code, out } = await grodinHere(['manifest', 'check', 'set.csv'], folder);
  t.is(code, 0);
  t.regex(
    out,
    /^set\.csv: 6 images, all can be used\n {2}five, rows as they were written \(sha256 [0-9a-f]{64}\)\nwarning: /,
  );
  await writeFile(
    join(folder, 'set.csv'),
    (await readFile(join(folder, 'set.csv'), 'utf8')).replace('in2.png\n', ''),
  );
  const edited = await grodinHere(['manifest', 'check', 'set.csv'], folder);
  t.is(edited.code, 2);
  t.regex(edited.err, /^grodin: set\.csv: its rows are not those [^\n]*remove the first line[^\n]*\n$/);
});
