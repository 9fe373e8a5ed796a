import { spawnSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { nameOfThisProcess } from '../../manifests/output/living-process.js';
import { preparePlots } from '../../pipeline/plots/files.js';
import { temporaryFolder } from '../temporary-folder.js';

test('what killed processes left goes, and so do plots of an earlier report', async (t) => {
  const folder = await temporaryFolder(t);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const dead = (await nameOfThisProcess()).replace(/-\d+-[^-]+$/, `-${pid}-x`);
  const names = [`.roc.svg.tmp-${dead}-0123456789ab`, 'old.svg', 'old.vl.json', 'notes.txt'];
  for (const name of names) await writeFile(join(folder, name), '');
  await preparePlots(folder, []);
  t.deepEqual(await readdir(folder), ['notes.txt']);
});
