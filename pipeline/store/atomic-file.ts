import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isErrno } from './errno.js';
import { isAlive } from './living-process.js';

/**
 * Writes a file so that a reader, a crash or a kill at any moment sees the whole of it or nothing: written
 * beside, flushed, renamed into place, and the folder flushed. An existing file is replaced.
 */
export async function writeAtomically(file: string, content: Uint8Array | string): Promise<void> {
  const beside = await writeBeside(file, content);
  try {
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await flushFolder(dirname(file));
}

/**
 * Like `writeAtomically`, but never replaces: of several writers exactly one creates the file.
 * @param outlives whether the file must outlive the machine's going down; without, it is created faster
 * @returns whether this call created it
 */
export async function createExclusively(
  file: string,
  content: Uint8Array | string,
  outlives = true,
): Promise<boolean> {
  const beside = await writeBeside(file, content, outlives);
  try {
    await link(beside, file);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(beside, { force: true });
  }
  if (outlives) await flushFolder(dirname(file));
  return true;
}

/**
 * Puts a file in a second place, whole or not at all, replacing what is there: as a hard link where the file
 * system allows it, so that it costs no room and outlives the removal of the first, else as a copy.
 */
export async function shareAtomically(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const beside = nameBeside(to);
  try {
    await link(from, beside).catch(() => copyFile(from, beside, constants.COPYFILE_FICLONE));
    await rename(beside, to);
  } finally {
    // A rename onto another link of the same file leaves both names.
    await rm(beside, { force: true });
  }
}

/**
 * Removes a file, if it is what its remover thinks: taken out of the way first, looked at, and put back if it is
 * another by then. Of several removers one succeeds.
 * @returns whether this call removed it
 */
export async function removeIf(file: string, isIt: (content: string) => boolean): Promise<boolean> {
  const aside = nameBeside(file);
  try {
    await rename(file, aside);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
  const found = isIt(await readFile(aside, 'utf8'));
  if (!found) {
    // Unless yet another has taken the place meanwhile.
    await link(aside, file).catch((error: unknown) => {
      if (!isErrno(error, 'EEXIST')) throw error;
    });
  }
  await rm(aside, { force: true });
  return found;
}

/**
 * Removes what writers on this machine left behind when they were killed. Files of living processes, and of
 * other machines that share the folder, are left alone.
 */
export async function removeStaleTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = /^\..*\.tmp-(.+)-(\d+)-[0-9a-f]{12}$/.exec(name);
    if (owner === null || owner[1] !== hostname()) continue;
    if (!(await isAlive(Number(owner[2])))) await rm(join(folder, name), { force: true });
  }
}

async function writeBeside(file: string, content: Uint8Array | string, flush = true): Promise<string> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  const beside = nameBeside(file);
  const handle = await open(beside, 'wx');
  try {
    await handle.writeFile(content);
    if (flush) await handle.sync();
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return beside;
}

function nameBeside(file: string): string {
  const owner = `${hostname()}-${process.pid}-${randomBytes(6).toString('hex')}`;
  return join(dirname(file), `.${basename(file)}.tmp-${owner}`);
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
