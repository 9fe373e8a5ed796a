import { access, constants, lstat, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isError } from '../../stages/is-error.js';
import { isErrno } from './file-system.js';

/** Kinds of file systems of Linux in which nobody makes anything, whatever their permissions say: proc and sysfs. */
const madeByTheSystem: readonly number[] = [0x9fa0, 0x62656572];

/**
 * Makes a folder and those above it. Node.js's own way of it never ends where a file system says of a new folder that
 * there is no such thing, as `/proc` and automounted homes do.
 * @param mode of folders that are made
 * @throws the system's error, with the path of the folder that could not be made
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const code = isError(error) && 'code' in error ? error.code : null;
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    const above = dirname(folder);
    if (code !== 'ENOENT' || above === folder || (await isFolder(above))) throw error;
    await makeFolder(above, mode);
    await mkdir(folder, { mode }).catch((again: unknown) => {
      // Another may have made it meanwhile.
      if (!(isError(again) && 'code' in again && again.code === 'EEXIST')) throw again;
    });
  }
}

/**
 * Checks that a folder is there, or could be made; makes nothing.
 * @throws the system's error, as `makeFolder` does
 */
export async function requireMakeable(folder: string): Promise<void> {
  const found = await lstat(folder).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  });
  // Of a link that leads nowhere the system says so here.
  if (found !== null && (await stat(folder)).isDirectory()) return;
  if (found !== null) throw refusal('EEXIST', folder);
  const above = dirname(folder);
  if (!(await isFolder(above))) return requireMakeable(above);
  await access(above, constants.W_OK | constants.X_OK);
  if (madeByTheSystem.includes((await statfs(above)).type)) throw refusal('ENOENT', folder);
}

function refusal(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}
