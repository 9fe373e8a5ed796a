import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { partialFolder, writeWhole } from '../../manifests/micro-benchmark/contents.js';
import { removeUnfinished } from '../../manifests/output/left-behind.js';
import { temporaryFolder } from '../temporary-folder.js';

test('what is left of a file that was not finished is known by its writer, and removed', async (t) => {
  const folder = await temporaryFolder(t);
  const partial = join(folder, partialFolder);
  await mkdir(partial);
  await t.throwsAsync(writeWhole(folder, 'no-folder/0000.png', 'pixels'), { code: 'ENOENT' });
  t.is((await readdir(partial)).length, 1);
  removeUnfinished([partial], (writer) => writer !== process.pid);
  t.is((await readdir(partial)).length, 1, 'that of another process stays');
  removeUnfinished([partial], (writer) => writer === process.pid);
  t.deepEqual(await readdir(partial), []);
});
