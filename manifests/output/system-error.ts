import { type GrodinError, InputError, RunFailedError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { call } from '../../stages/setting.js';

/** Stands for how the reader does the same again, which is not known before there is a reader. */
const again = 'AGAIN';

/** What the system's refusals mean to a user, and whether another path or only a repaired machine helps. */
const refusals: Readonly<Record<string, { readonly input: boolean; readonly text: string }>> = {
  EACCES: { input: true, text: 'permission denied; check its permissions or choose another place' },
  EDQUOT: { input: false, text: `the disk quota is used up; make room and ${again}` },
  EFBIG: {
    input: false,
    text: `the file would be larger than this process may write (ulimit -f) or its file system takes; allow larger ones, then ${again}`,
  },
  EEXIST: { input: true, text: 'is a file where a folder is expected; choose another place' },
  EISDIR: { input: true, text: 'is a folder where a file is expected; choose another place' },
  ENOENT: { input: true, text: 'no such file or folder; check the path' },
  ENOSPC: { input: false, text: `no space left on the disk; make room and ${again}` },
  ENODEV: { input: false, text: `its device is gone; bring it back, then ${again}` },
  ENOTCONN: { input: false, text: `its file system is gone; mount it again, then ${again}` },
  EHOSTDOWN: { input: false, text: `the host of its file system is down; mount it again, then ${again}` },
  EREMOTEIO: { input: false, text: `the host of its file system failed; check that, then ${again}` },
  ENOTDIR: { input: true, text: 'a part of the path is a file, not a folder; choose another place' },
  ELOOP: { input: true, text: 'links that lead in a circle; choose another place' },
  EAGAIN: { input: false, text: `the system is short of resources now; ${again}` },
  EBUSY: { input: false, text: `is in use by something else; ${again}` },
  EIO: { input: false, text: `reading or writing failed; check the disk, then ${again}` },
  ENFILE: { input: false, text: `too many files are open on this machine; ${again}` },
  ENOLCK: { input: false, text: `the file system can give no locks now; ${again}` },
  ENOMEM: { input: false, text: `there is no memory; free some, then ${again}` },
  ESTALE: { input: false, text: `the file system has changed under it; ${again}` },
  ETIMEDOUT: { input: false, text: `the file system does not answer; ${again}` },
  EMFILE: { input: false, text: 'too many files are open; allow more with ulimit -n' },
  ENAMETOOLONG: { input: true, text: 'the name is too long; choose a shorter one' },
  ENXIO: { input: true, text: 'there is no device or reader behind this path; choose another place' },
  EPERM: { input: true, text: 'not permitted; check its permissions or choose another place' },
  EROFS: { input: true, text: 'the file system is read-only; choose another place' },
};

/** An error of the file system as one line that names the path and the remedy, or null for any other error. */
export function describeSystemError(error: unknown): GrodinError | null {
  if (!isError(error) || !('code' in error)) return null;
  const refusal = refusals[String(error.code)];
  if (!refusal) return null;
  const path = 'path' in error && typeof error.path === 'string' ? shownPath(error.path) : 'writing';
  const message = `${path}: ${refusal.text.replace(again, call('again'))} (${String(error.code)})`;
  return refusal.input
    ? new InputError(message, { cause: error })
    : new RunFailedError(message, { cause: error });
}

/** A file that is not finished yet has a name of its own beside the one that it gets: that is the one which people know. */
function shownPath(path: string): string {
  return path.replace(/(^|\/)\.([^/]+)\.tmp-[0-9a-f]{12}-\d+-(?:\d+|x)-[0-9a-f]{12}$/, '$1$2');
}

/** Names the file in an error of its handle, which tells no path. */
export function namingFile(error: unknown, file: string): unknown {
  return isError(error) && 'code' in error && !('path' in error)
    ? Object.assign(error, { path: file })
    : error;
}

/** Does some work, whose errors of the file system are thrown as `describeSystemError` has them. */
export async function describingSystemErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw describeSystemError(error) ?? error;
  }
}
