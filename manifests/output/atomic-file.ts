import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFile,
  type FileHandle,
  link,
  open,
  readdir,
  readFile,
  rename,
  rm,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RunFailedError } from '../../stages/errors.js';
import { isErrno } from './file-system.js';
import { hasEndedByName, nameOfThisProcess } from './living-process.js';
import { makeFolder } from './make-folder.js';
import { step } from './step.js';
import { namingFile } from './system-error.js';

/** What is written to a file: text, bytes, or bytes in parts that follow each other. */
export type FileContent = Uint8Array | string | readonly Uint8Array[];

/** How a file is written that appears whole. */
export interface WritingOptions {
  /**
   * Where it is until it is whole, on the same file system: where who clears away what stopped processes left looks for it.
   * Default: its own folder.
   */
  readonly unfinishedIn?: string;
}

/**
 * Writes a file so that a reader, a crash or a kill at any moment sees the whole of it or nothing: written
 * beside, flushed, renamed into place, and the folder flushed. An existing file is replaced.
 */
export async function writeAtomically(
  file: string,
  content: FileContent,
  options: WritingOptions = {},
): Promise<void> {
  const { beside, handle } = await writeBeside(file, content, options);
  await handle.close();
  try {
    await step(`rename ${basename(file)}`);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await step(`flush after ${basename(file)}`);
  await flushFolder(dirname(file));
}

/** The same of a file that is never replaced. */
export interface CreationOptions extends WritingOptions {
  /** Whether the file must outlive the machine's going down, which is the default; without, it is created faster. */
  readonly outlives?: boolean;
}

/**
 * Like `writeAtomically`, but never replaces: of several writers exactly one creates the file.
 * @returns whether this call created it
 */
export async function createExclusively(
  file: string,
  content: Uint8Array | string,
  { outlives = true, ...options }: CreationOptions = {},
): Promise<boolean> {
  const { beside, handle } = await writeBeside(file, content, { flush: outlives, ...options });
  try {
    if (!(await linkOnce(beside, file, handle))) return false;
  } finally {
    await handle.close();
  }
  if (outlives) await flushFolder(dirname(file));
  return true;
}

/** A file that other names are to be given. */
export interface LinkableFile {
  readonly path: string;
  /** For reading and writing. */
  readonly handle: FileHandle;
}

/** Makes a file beside another, whose name marks it as temporary and as this process's, and leaves it open. It need not outlive the machine's going down. */
export async function createLinkable(file: string, content: string): Promise<LinkableFile> {
  const { beside, handle } = await writeBeside(file, content, { flush: false });
  return { path: beside, handle };
}

/**
 * Gives a file of this process a second name, unless that is taken.
 * @returns whether it was free. Where a network file system lost its answer and was asked again this may be false though the name
 * was given: only what the file says tells.
 */
export async function linkUnlessTaken(path: string, file: string): Promise<boolean> {
  try {
    await step(`link ${basename(file)}`);
    await link(path, file);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw withoutLinks(error, file);
  }
}

/**
 * Gives a file its name unless it is taken, and takes away the one that it was written by.
 * @param handle of the file
 * @returns whether it has the name
 */
async function linkOnce(beside: string, file: string, handle: FileHandle): Promise<boolean> {
  try {
    let failure: unknown = null;
    const wasFree = await linkUnlessTaken(beside, file).catch((error: unknown) => {
      failure = error;
      return false;
    });
    // A network file system may repeat a request whose answer was lost, and then find the name taken by this very file.
    if (wasFree || (await handle.stat()).nlink > 1) return true;
    if (failure !== null) throw failure;
    return false;
  } finally {
    await step(`unlink beside ${basename(file)}`);
    await unlinkIfThere(beside);
  }
}

/** Removes a file, if it is there, by one request, where `rm` makes two. */
export async function unlinkIfThere(file: string): Promise<void> {
  await unlink(file).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error;
  });
}

/**
 * Puts a file in a second place, whole or not at all, replacing what is there: as a hard link where the file
 * system allows it, so that it costs no room and outlives the removal of the first, else as a copy.
 */
export async function shareAtomically(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  const beside = await nameBeside(to);
  try {
    await link(from, beside).catch(() => copyFile(from, beside, constants.COPYFILE_FICLONE));
    await step(`rename ${basename(to)}`);
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
  const aside = await nameBeside(file);
  try {
    await step(`take away ${basename(file)}`);
    await rename(file, aside);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
  await step(`taken away ${basename(file)}`);
  const found = isIt(await readFile(aside, 'utf8'));
  if (!found) {
    // Unless yet another has taken the place meanwhile.
    await link(aside, file).catch((error: unknown) => {
      if (!isErrno(error, 'EEXIST')) throw error;
    });
  }
  await unlinkIfThere(aside);
  return found;
}

/**
 * Removes what writers left behind that are known to have ended. Files of living processes, and of other machines or
 * containers that share the folder, are left alone.
 */
export async function removeStaleTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const writer = /^\..*\.tmp-(.+)-[0-9a-f]{12}$/.exec(name)?.[1];
    if (writer === undefined || !(await hasEndedByName(writer))) continue;
    await rm(join(folder, name), { force: true });
  }
}

/** @returns the file as it was written, still open */
async function writeBeside(
  file: string,
  content: FileContent,
  { flush = true, unfinishedIn = dirname(file) }: WritingOptions & { readonly flush?: boolean },
): Promise<{ readonly beside: string; readonly handle: FileHandle }> {
  const beside = await nameBeside(join(unfinishedIn, basename(file)));
  if (unfinishedIn !== dirname(file)) await makeFolder(dirname(file));
  const handle = await open(beside, 'wx+').catch(async (error: unknown) => {
    // Mostly the folder is there, and each look at a network file system counts.
    if (!isErrno(error, 'ENOENT')) throw error;
    await makeFolder(unfinishedIn);
    return open(beside, 'wx+');
  });
  try {
    await writeFile(handle, content);
    if (flush) await handle.sync();
    return { beside, handle };
  } catch (error) {
    await handle.close();
    await rm(beside, { force: true });
    throw namingFile(error, file);
  }
}

/** A name for what is to become a file, in the same folder, that tells whose it is. */
export async function nameBeside(file: string): Promise<string> {
  const owner = `${await nameOfThisProcess()}-${randomBytes(6).toString('hex')}`;
  // A name of 255 bytes, the most that file systems take, has no room for more.
  return join(dirname(file), `.${basename(file).slice(0, 70)}.tmp-${owner}`);
}

/** Nothing else makes a file appear whole, once, and under the eyes of other machines. */
function withoutLinks(error: unknown, file: string): unknown {
  const codes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];
  if (!codes.some((code) => isErrno(error, code))) return error;
  return new RunFailedError(
    `${dirname(file)}: this file system makes no hard links, which processes need to share a run; choose a folder on another`,
    { cause: error },
  );
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
