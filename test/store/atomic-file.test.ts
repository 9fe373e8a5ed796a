import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import {
  createExclusively,
  removeStaleTemporaries,
  writeAtomically,
} from '../../manifests/output/atomic-file.js';
import { nameOfThisProcess } from '../../manifests/output/living-process.js';
import { withSteps } from '../../manifests/output/step.js';
import { temporaryFolder } from '../temporary-folder.js';

test('a written file replaces the former one and leaves nothing beside it', async (t) => {
  const folder = await temporaryFolder(t, { 'a.txt': 'old' });
  await writeAtomically(join(folder, 'a.txt'), 'new');
  t.is(await readFile(join(folder, 'a.txt'), 'utf8'), 'new');
  t.deepEqual(await readdir(folder), ['a.txt']);
});

test('of many writers of one file each wins or loses whole', async (t) => {
  const folder = await temporaryFolder(t);
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
  await Promise.all(texts.map((text) => writeAtomically(join(folder, 'a.txt'), text)));
  t.true(texts.includes(await readFile(join(folder, 'a.txt'), 'utf8')));
  t.deepEqual(await readdir(folder), ['a.txt']);
});

test('an exclusive file is made once and never replaced', async (t) => {
  const folder = await temporaryFolder(t);
  t.true(await createExclusively(join(folder, 'a.txt'), 'first'));
  t.false(await createExclusively(join(folder, 'a.txt'), 'second'));
  t.is(await readFile(join(folder, 'a.txt'), 'utf8'), 'first');
  t.deepEqual(await readdir(folder), ['a.txt']);
});

test('a file is unfinished where it was asked to be, and whole in its own folder', async (t) => {
  const folder = await temporaryFolder(t);
  const seen: (readonly string[])[] = [];
  const look = async (name: string): Promise<void> => {
    if (!/^(?:link|rename) /.test(name)) return;
    for (const place of [folder, join(folder, 'below')])
      seen.push((await readdir(place)).map((one) => one.replace(/tmp-.*/, 'tmp')));
  };
  await withSteps(look, async () => {
    await createExclusively(join(folder, 'below', 'a'), 'first', { unfinishedIn: folder });
    await writeAtomically(join(folder, 'below', 'a'), 'second', { unfinishedIn: folder });
  });
  t.deepEqual(seen, [['.a.tmp', 'below'], [], ['.a.tmp', 'below'], ['a']]);
  t.deepEqual(await readdir(folder), ['below']);
  t.is(await readFile(join(folder, 'below', 'a'), 'utf8'), 'second');
});

test('only what ended processes of this machine left behind is cleared away', async (t) => {
  const folder = await temporaryFolder(t);
  const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
  const left = (owner: string) => `.a.arrow.tmp-${owner}-0123456789ab`;
  const own = await nameOfThisProcess();
  const [machine, , started] = own.split('-');
  // Another container has the same numbers for other processes, whatever its host is called.
  const another = `${'0'.repeat(12)}-${dead}-1`;
  const kept = [left(own), left(another), left(`vm-${dead}`), 'a.arrow', '.a.arrow.tmp-'];
  const ended = [left(`${machine}-${dead}-1`), left(`${machine}-${process.pid}-${Number(started) - 1}`)];
  for (const name of [...ended, ...kept]) await writeFile(join(folder, name), '');
  await removeStaleTemporaries(folder);
  t.deepEqual((await readdir(folder)).sort(), kept.sort());
});

test('what can’t be written is told with the name that the file was to get, and leaves nothing behind', async (t) => {
  const folder = await temporaryFolder(t);
  const module = (name: string) => new URL(`../../manifests/output/${name}.js`, import.meta.url).href;
  const write = `
    const { writeAtomically } = await import(${JSON.stringify(module('atomic-file'))});
    const { describeSystemError } = await import(${JSON.stringify(module('system-error'))});
    await writeAtomically('a.txt', 'a'.repeat(100_000)).catch((error) => console.log(describeSystemError(error).message));`;
  const limited = [
    '-c',
    'ulimit -f 1; trap "" XFSZ; exec "$0" --input-type=module --eval "$1"',
    process.execPath,
    write,
  ];
  const { stdout } = spawnSync('bash', limited, { cwd: folder, encoding: 'utf8' });
  t.regex(stdout, /^a\.txt: the file would be larger than [^\n]+\(ulimit -f\)[^\n]+\(EFBIG\)\n$/);
  t.deepEqual(await readdir(folder), []);
});
