import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../temporary-folder.js';

const module = new URL('../../workers/store/shared-permissions.js', import.meta.url).href;

/** What is said to another user, whose number no file has, of a folder: by a process of its own, as a umask is a process's. */
function saidTo(another: boolean, folder: string, umask: string): string {
  const look = `
    const { requireSharing } = await import(${JSON.stringify(module)});
    if (${another}) process.getuid = () => 4_000_000;
    await requireSharing(${JSON.stringify(folder)}, ${JSON.stringify(join(folder, 'shards'))}).catch((error) => console.log(error.message));`;
  const shell = [
    '-c',
    'umask "$2"; exec "$0" --input-type=module --eval "$1"',
    process.execPath,
    look,
    umask,
  ];
  const { stdout, stderr } = spawnSync('sh', shell, { encoding: 'utf8' });
  return stdout + stderr;
}

test('a umask that keeps the owner of a shared folder out is refused, and the one to set is named', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'shards'));
  await chmod(folder, 0o775);
  t.is(
    saidTo(true, folder, '077'),
    `${folder}: is shared (mode 775), but what this process makes there would be closed to the others (umask 077); ` +
      'set umask 007 first, or take a folder of your own\n',
  );
  t.regex(saidTo(true, folder, '022'), /umask 022\); set umask 002 first/);
  for (const umask of ['002', '007']) t.is(saidTo(true, folder, umask), '', umask);
  await chmod(folder, 0o777);
  t.regex(saidTo(true, folder, '022'), /mode 777.*set umask 000 first/);
});

test('any umask is taken in a folder of one’s own, and where only its owner may write', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'shards'));
  await chmod(folder, 0o775);
  t.is(saidTo(false, folder, '077'), '');
  await chmod(folder, 0o755);
  t.is(saidTo(true, folder, '077'), '');
});

test('any umask is taken in a folder that another user has made, where nobody has begun a run', async (t) => {
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o777);
  t.is(saidTo(true, folder, '077'), '');
  await mkdir(join(folder, 'shards'));
  t.not(saidTo(true, folder, '077'), '');
  await rm(join(folder, 'shards'), { recursive: true });
  t.is(saidTo(true, folder, '077'), '');
});
