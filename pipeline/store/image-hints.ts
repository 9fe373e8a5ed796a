import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import type { Manifest } from '../../manifests/manifest.js';
import { writeAtomically } from './atomic-file.js';
import { isErrno } from './errno.js';
import type { RunDirectory } from './run-directory.js';

/** How many files are looked at side by side. */
const SIDE_BY_SIDE = 32;

/** How many states of one file are remembered: as many copies of a dataset as work on one run. */
const REMEMBERED = 4;

/** The state of a file that is not told. */
const UNKNOWN = 'unknown';

/** Size in bytes and time of modification, or null where there is no such file. */
export type FileState = string | null;

/**
 * States in which the files of a set were seen when their content was what the run's shards say. They only ever save
 * reading files again; no identity depends on them.
 */
export interface ImageHints {
  /** By path below the manifest's folder. */
  readonly states: ReadonlyMap<string, readonly FileState[]>;
}

const hintsFile = z.object({
  paths: z.array(z.string()),
  states: z.array(z.array(z.string().nullable())),
});

/** @returns null where nothing is remembered of the set, or not readably */
export async function readHints(directory: RunDirectory, set: string): Promise<ImageHints | null> {
  try {
    const { paths, states } = hintsFile.parse(JSON.parse(await readFile(fileOf(directory, set), 'utf8')));
    return { states: new Map(paths.map((path, index) => [path, states[index] ?? []])) };
  } catch {
    return null;
  }
}

/** Remembers the states of a set's files beside those known before. */
export async function writeHints(
  directory: RunDirectory,
  set: string,
  manifest: Manifest,
  states: readonly FileState[],
): Promise<void> {
  const before = (await readHints(directory, set))?.states;
  const paths = manifest.rows.map((_, row) => pathOf(manifest, row));
  const all = paths.map((path, row) => {
    const state = states[row] ?? null;
    return [state, ...(before?.get(path) ?? []).filter((other) => other !== state)].slice(0, REMEMBERED);
  });
  await writeAtomically(fileOf(directory, set), `${JSON.stringify({ paths, states: all })}\n`);
}

/** The states of all files of a manifest, by row. */
export async function fileStates(manifest: Manifest): Promise<FileState[]> {
  const states: FileState[] = [];
  let next = 0;
  const lookOn = async (): Promise<void> => {
    for (let row = next++; row < manifest.rows.length; row = next++)
      states[row] = await stateOf(manifest.rows[row]?.path ?? '');
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lookOn));
  return states;
}

/**
 * Which images were there when the run was last looked at: one of them that is gone now is a fault of the system, such
 * as a file system that was unmounted, and not of the image.
 */
export async function knownImages({
  directory,
  sets,
}: {
  readonly directory: RunDirectory;
  readonly sets: readonly { readonly name: string; readonly rows: Manifest }[];
}): Promise<(set: string, row: number) => boolean> {
  const known = new Map<string, Uint8Array>();
  for (const { name, rows } of sets) {
    const states = (await readHints(directory, name))?.states;
    known.set(
      name,
      Uint8Array.from(rows.rows, (_, row) => {
        const [state = null] = states?.get(pathOf(rows, row)) ?? [];
        return state === null || state === UNKNOWN ? 0 : 1;
      }),
    );
  }
  return (set, row) => known.get(set)?.[row] === 1;
}

async function stateOf(path: string): Promise<FileState> {
  try {
    const { size, mtimeMs } = await stat(path);
    return `${size} ${mtimeMs}`;
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return null;
    // Whatever it is, who reads the image will tell.
    return UNKNOWN;
  }
}

/** Path of a row below its manifest's folder. */
export function pathOf(manifest: Manifest, row: number): string {
  return relative(dirname(manifest.file), manifest.rows[row]?.path ?? '')
    .split(sep)
    .join('/');
}

function fileOf(directory: RunDirectory, set: string): string {
  return join(directory.images, `${createHash('sha256').update(set).digest('hex').slice(0, 16)}.json`);
}
