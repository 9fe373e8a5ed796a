import { stat } from 'node:fs/promises';
import { isThere } from '../../manifests/output/file-system.js';
import { InputError } from '../../stages/errors.js';

/**
 * Checks that whoever else works on another user's run can use what this process makes there: its files would otherwise end
 * their processes in the middle of a run.
 * @param folder of the run
 * @param made a folder in it, which whoever began the run has made; where there is none, nobody has
 * @throws InputError where the folder is open to a group or to all, and this process's umask keeps them out of its files
 */
export async function requireSharing(folder: string, made: string): Promise<void> {
  if (process.getuid === undefined || !(await isThere(made))) return;
  const [{ mode }, { uid }] = await Promise.all([stat(folder), stat(made)]);
  const umask = process.umask();
  if (uid === process.getuid() || (mode & 0o022) === 0) return;
  // What those may do in the folder who may write there.
  const open = mode & (((mode & 0o020) === 0 ? 0 : 0o070) | ((mode & 0o002) === 0 ? 0 : 0o007));
  if ((open & umask) === 0) return;
  throw new InputError(
    `${folder}: is shared (mode ${octal(mode & 0o777)}), but what this process makes there would be closed to the others (umask ` +
      `${octal(umask)}); set umask ${octal(umask & ~open)} first, or take a folder of your own`,
  );
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}
