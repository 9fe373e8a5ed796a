import { spawnSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { nameOfThisProcess } from '../../manifests/output/living-process.js';
import { preparePlots, writePlot } from '../../pipeline/plots/files.js';
import { temporaryFolder } from '../temporary-folder.js';

test('what killed processes left goes, and so do plots of an earlier report, and nothing else', async (t) => {
  const folder = await temporaryFolder(t);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const dead = (await nameOfThisProcess()).replace(/-\d+-[^-]+$/, `-${pid}-x`);
  const theirs = ['data.csv', 'drawing.svg', 'notes.txt', 'old.vl.json'];
  for (const name of [`.roc.svg.tmp-${dead}-0123456789ab`, ...theirs])
    await writeFile(join(folder, name), '');
  const plot = { name: 'roc', title: '', description: '', spec: { mark: 'point', encoding: {} }, rows: [] };
  const shown = async () => (await readdir(folder)).filter((name) => !name.startsWith('.grodin')).sort();
  await preparePlots(folder, [plot]);
  t.deepEqual(await shown(), theirs);
  await writePlot(folder, plot);
  t.deepEqual(await shown(), [...theirs, 'roc.csv', 'roc.svg', 'roc.vl.json'].sort());
  await preparePlots(folder, []);
  t.deepEqual(await shown(), theirs);
});
