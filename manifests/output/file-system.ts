import { access, readdir, stat } from 'node:fs/promises';
import { isError } from '../../stages/is-error.js';

/** Whether an error is the operating system's, with this code (for example ENOENT). */
export function isErrno(error: unknown, code: string): boolean {
  return isError(error) && 'code' in error && error.code === code;
}

/** Names of what is in a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Whether a file or folder is there, and may be looked at. */
export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Whether the path leads to a regular file, links followed. */
export async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ?? false;
}
