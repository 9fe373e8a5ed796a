import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { locationOf } from '../../manifests/location.js';
import type { Manifest } from '../../manifests/manifest.js';
import { createExclusively, writeAtomically } from '../../manifests/output/atomic-file.js';
import { isErrno } from '../../manifests/output/file-system.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';

/** How many files are looked at side by side. */
const SIDE_BY_SIDE = 32;

/** The state of a file that is not told. */
const UNKNOWN = 'unknown';

/** Size in bytes and time of modification, or null where there is no regular file. */
export type FileState = string | null;

/**
 * How the image files of a set looked to a process: two that saw a file in one state read the same content. Each way in
 * which they ever looked to a process of the run is kept, written before it scores anything, so that no process takes
 * for its own what another has read from other files. They only save reading files again; no identity depends on them.
 */
export interface ImageView {
  /** Names the view: equal for processes that saw the same. */
  readonly id: string;
  /** By path below the manifest's folder. */
  readonly states: ReadonlyMap<string, FileState>;
}

const viewFile = z.object({ paths: z.array(z.string()), states: z.array(z.string().nullable()) });
const digestsFile = z.record(z.string(), z.string());

/** Looks at all files of a manifest; opens none. */
export async function lookAtFiles(manifest: Manifest): Promise<ImageView> {
  const states: FileState[] = [];
  // A file of many images is looked at once.
  const looked = new Map<string, Promise<FileState>>();
  const stateOf = (path: string): Promise<FileState> => {
    const { file } = locationOf(path);
    if (file === path) return fileState(path);
    const found = looked.get(file) ?? fileState(file);
    looked.set(file, found);
    return found;
  };
  let next = 0;
  const lookOn = async (): Promise<void> => {
    for (let row = next++; row < manifest.rows.length; row = next++)
      states[row] = await stateOf(manifest.rows[row]?.path ?? '');
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lookOn));
  const hash = createHash('sha256');
  const found = new Map<string, FileState>();
  states.forEach((state, row) => {
    const path = pathOf(manifest, row);
    found.set(path, state);
    hash.update(`${JSON.stringify([path, state])}\n`);
  });
  return { id: hash.digest('hex').slice(0, 16), states: found };
}

/** How the file of an image looks now. @param path as `locationOf` reads it */
export async function fileState(path: string): Promise<FileState> {
  try {
    const found = await stat(locationOf(path).file);
    // A folder, device or pipe is no image, whatever else it is.
    return found.isFile() ? `${found.size} ${found.mtimeMs}` : null;
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return null;
    // The error is reported when the image is read.
    return UNKNOWN;
  }
}

/** Keeps a view for all processes of the run. @returns whether it is the first of its kind */
export async function keepView(
  directory: RunDirectory,
  set: string,
  { id, states }: ImageView,
): Promise<boolean> {
  const text = `${JSON.stringify({ paths: [...states.keys()], states: [...states.values()] })}\n`;
  return createExclusively(join(folderOf(directory, set), `${id}.json`), text);
}

/** Every view of a set that any process of the run had. */
export async function readViews(directory: RunDirectory, set: string): Promise<readonly ImageView[]> {
  const names = await readdir(folderOf(directory, set)).catch((): string[] => []);
  const views: ImageView[] = [];
  for (const name of names.filter((one) => /^[0-9a-f]{16}\.json$/.test(one)).sort()) {
    const text = await readFile(join(folderOf(directory, set), name), 'utf8');
    try {
      const { paths, states } = viewFile.parse(JSON.parse(text));
      const found = new Map(paths.map((path, index) => [path, states[index] ?? null]));
      views.push({ id: name.slice(0, 16), states: found });
    } catch {
      // A damaged view counts as different in every file, so that contents are compared.
      views.push({ id: name.slice(0, 16), states: new Map() });
    }
  }
  return views;
}

/**
 * The rows whose files did not look the same to all processes of the run.
 * @param view that of this process
 */
export function differingRows(
  manifest: Manifest,
  view: ImageView,
  views: readonly ImageView[],
): ReadonlySet<number> {
  const others = views.filter(({ id }) => id !== view.id);
  const rows = new Set<number>();
  if (others.length === 0) return rows;
  manifest.rows.forEach((_, row) => {
    const path = pathOf(manifest, row);
    const own = view.states.get(path) ?? null;
    if (others.some(({ states }) => states.size === 0 || (states.has(path) && states.get(path) !== own)))
      rows.add(row);
  });
  return rows;
}

/** sha256 (hex) of files in the states of a view, by path, as far as they had to be read. */
export async function readDigests(
  directory: RunDirectory,
  set: string,
  { id }: ImageView,
): Promise<Map<string, string>> {
  try {
    const text = await readFile(join(folderOf(directory, set), `${id}.digests.json`), 'utf8');
    return new Map(Object.entries(digestsFile.parse(JSON.parse(text))));
  } catch {
    return new Map();
  }
}

export async function writeDigests(
  directory: RunDirectory,
  set: string,
  { id }: ImageView,
  digests: ReadonlyMap<string, string>,
): Promise<void> {
  const text = `${JSON.stringify(Object.fromEntries(digests))}\n`;
  await writeAtomically(join(folderOf(directory, set), `${id}.digests.json`), text);
}

/** Whether a view tells that a file was there. */
export function wasThere(view: ImageView | undefined, path: string): boolean {
  const state = view?.states.get(path) ?? null;
  return state !== null && state !== UNKNOWN;
}

/** Path of a row below its manifest's folder. */
export function pathOf(manifest: Manifest, row: number): string {
  return relative(dirname(manifest.file), manifest.rows[row]?.path ?? '')
    .split(sep)
    .join('/');
}

function folderOf(directory: RunDirectory, set: string): string {
  return join(directory.images, createHash('sha256').update(set).digest('hex').slice(0, 16));
}
