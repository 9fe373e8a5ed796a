import { createReadStream } from 'node:fs';
import { lstat, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { GrodinError, InputError, RunFailedError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { type FileContent, nameBeside } from './atomic-file.js';
import { makeFolder } from './make-folder.js';
import { describeSystemError } from './system-error.js';
import { withTemporaryFolder } from './temporary-folder.js';

/**
 * The folder that an output is written in before it is put in its place; links are followed, since what they lead to is
 * replaced.
 */
export async function outputFolder(file: string): Promise<string> {
  return dirname(await outputPlace(file));
}

/** Bytes that are made while they are written, anew at each call. */
export type StreamedContent = () => AsyncIterable<Uint8Array>;

/**
 * Writes what a user asked to have in a file: the whole of it or, where anything fails, nothing, so that a file that was
 * there stays as it was. Written beside, flushed, checked, renamed into place. A device or a pipe (`/dev/stdout`) is
 * written to as it stands. The folder is made if it isn't there.
 * @param check looks at the finished file, by the path that it has until then; what it throws leaves the old file
 * @throws InputError or RunFailedError naming the file, when it can't be written
 */
export async function writeOutput<T>(
  file: string,
  content: FileContent | StreamedContent,
  check: (written: string) => Promise<T>,
): Promise<T> {
  try {
    const place = await outputPlace(file);
    const there = await stat(place).catch(() => null);
    if (there?.isDirectory()) {
      throw new InputError(`${file}: is a folder where a file is expected; choose another place (EISDIR)`);
    }
    if (there !== null && !there.isFile()) return await writeThrough(place, content, check);
    await madeFolder(dirname(place));
    const beside = await nameBeside(place);
    try {
      await writeBeside(beside, content, there?.mode);
      const checked = await check(beside);
      await rename(beside, place);
      return checked;
    } finally {
      // After the rename there is none to remove, and the error to report is why the writing failed.
      await rm(beside, { force: true }).catch(() => undefined);
    }
  } catch (error) {
    throw naming(file, error);
  }
}

/**
 * Writes a file that can't be read without another beside it, as `writeOutput` writes one: both are written before either
 * is put in its place, the companion first. What was there before is replaced; never is an old file left beside a new
 * companion, which it would read as its own.
 * @param ending of the companion's name, behind the whole name of the file
 * @returns the companion's path
 * @throws InputError or RunFailedError naming the file: also where the companion of another is in the way
 */
export async function writeOutputPair(
  file: string,
  content: FileContent,
  { ending, content: beside }: { readonly ending: string; readonly content: FileContent },
): Promise<string> {
  const companion = `${file}${ending}`;
  try {
    const place = await outputPlace(file);
    const [there, companionThere] = await Promise.all(
      [place, `${place}${ending}`].map((path) => stat(path).catch(() => null)),
    );
    if (there !== null && there !== undefined && !there.isFile())
      throw new InputError(
        `${file}: is no regular file, and what is written takes two; name a file, beside which there is room for ${basename(companion)}`,
      );
    if (companionThere && !(there && companionThere.isFile()))
      throw new InputError(
        `${companion}: is in the way of what ${basename(file)} is to be written with, and a file that was renamed may read it; remove it, or choose another name`,
      );
    await madeFolder(dirname(place));
    const [unfinished, unfinishedCompanion] = [
      await nameBeside(place),
      await nameBeside(`${place}${ending}`),
    ];
    try {
      await writeBeside(unfinishedCompanion, beside, companionThere?.mode);
      await writeBeside(unfinished, content, there?.mode);
      if (companionThere) await rm(place);
      await rename(unfinishedCompanion, `${place}${ending}`);
      await rename(unfinished, place);
    } finally {
      for (const path of [unfinished, unfinishedCompanion])
        await rm(path, { force: true }).catch(() => undefined);
    }
    return companion;
  } catch (error) {
    throw naming(file, error);
  }
}

async function madeFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    throw naming(folder, error);
  }
}

async function writeBeside(
  beside: string,
  content: FileContent | StreamedContent,
  mode: number | undefined,
): Promise<void> {
  const handle = await open(beside, 'wx', mode === undefined ? 0o666 : mode & 0o777);
  try {
    await writeFile(handle, typeof content === 'function' ? content() : content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Checked beforehand in the system's folder for temporary files: what went through a pipe can't be taken back. */
async function writeThrough<T>(
  place: string,
  content: FileContent | StreamedContent,
  check: (written: string) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    const copy = join(folder, basename(place));
    await writeFile(copy, typeof content === 'function' ? content() : content);
    const checked = await check(copy);
    await writeFile(place, createReadStream(copy));
    return checked;
  });
}

/** Where a file is to be: a link that is in its place leads on, also to what is not there yet. */
export async function outputPlace(file: string): Promise<string> {
  const place = resolve(file);
  const link = await lstat(place).catch(() => null);
  return link?.isSymbolicLink() ? realpath(place).catch(() => place) : place;
}

/** The same without links in any of its folders, of which the last need not be there yet. */
export async function realPlace(file: string): Promise<string> {
  return withoutLinks(await outputPlace(file));
}

async function withoutLinks(place: string): Promise<string> {
  const parent = dirname(place);
  if (parent === place) return place;
  return realpath(place).catch(async () => join(await withoutLinks(parent), relative(parent, place)));
}

function naming(file: string, error: unknown): unknown {
  if (error instanceof GrodinError) return error;
  // Its own path is that of the unfinished file, or none.
  const known = isError(error) ? describeSystemError(Object.assign(error, { path: file })) : null;
  if (known !== null) return known;
  if (!(isError(error) && 'code' in error)) return error;
  const { message } = error;
  return new RunFailedError(`${file}: can't be written (${message}); choose another place`, { cause: error });
}
