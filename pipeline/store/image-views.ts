import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { locationOf } from '../../manifests/location.js';
import type { Manifest } from '../../manifests/manifest.js';
import { createExclusively, writeAtomically } from '../../manifests/output/atomic-file.js';
import { isErrno, isThere } from '../../manifests/output/file-system.js';
import { readListed } from '../../manifests/output/shared-files.js';
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
export class ImageView {
  readonly #states: RowStates;

  /** @param id names the view: equal for processes that saw the same */
  constructor(
    readonly id: string,
    states: RowStates,
  ) {
    this.#states = states;
  }

  /** How the file of a row's image looked. */
  stateAt(row: number): FileState {
    return this.#states.at(row);
  }

  /** Whether the file of a row's image was there. */
  wasThere(row: number): boolean {
    const state = this.stateAt(row);
    return state !== null && state !== UNKNOWN;
  }
}

/** A view as it is kept. */
export interface KeptView {
  readonly id: string;
  /** By path below the manifest's folder; empty where the file of the view is damaged. */
  readonly states: ReadonlyMap<string, FileState>;
}

/** States of files by row, sizes and times as numbers: sweeps have millions of rows. */
class RowStates {
  readonly #sizes: Float64Array;
  readonly #times: Float64Array;

  constructor(rows: number) {
    this.#sizes = new Float64Array(rows).fill(missing);
    this.#times = new Float64Array(rows);
  }

  set(row: number, state: FileState): void {
    const [size = missing, time = 0] = state?.split(' ').map(Number) ?? [];
    this.#sizes[row] = state === UNKNOWN ? unknown : size;
    this.#times[row] = time;
  }

  at(row: number): FileState {
    const size = this.#sizes[row] ?? missing;
    return size === missing ? null : size === unknown ? UNKNOWN : `${size} ${this.#times[row]}`;
  }
}

/** What stands for sizes of files that are not there, or of which nothing is told. */
const [missing, unknown] = [-1, -2];

const viewFile = z.object({ paths: z.array(z.string()), states: z.array(z.string().nullable()) });
const digestsFile = z.record(z.string(), z.string());

/** Looks at all files of a manifest; opens none. */
export async function lookAtFiles({ rows }: Manifest): Promise<ImageView> {
  const states = new RowStates(rows.length);
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
    for (let row = next++; row < rows.length; row = next++) states.set(row, await stateOf(rows.pathAt(row)));
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lookOn));
  const hash = createHash('sha256');
  for (let row = 0; row < rows.length; row += 1)
    hash.update(`${JSON.stringify([rows.placeAt(row), states.at(row)])}\n`);
  return new ImageView(hash.digest('hex').slice(0, 16), states);
}

/** A view that was kept, of the rows of a manifest. */
export function viewOfRows({ rows }: Manifest, { id, states }: KeptView): ImageView {
  const found = new RowStates(rows.length);
  for (let row = 0; row < rows.length; row += 1) found.set(row, states.get(rows.placeAt(row)) ?? null);
  return new ImageView(id, found);
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
  { rows }: Manifest,
  view: ImageView,
): Promise<boolean> {
  const file = join(folderOf(directory, set), `${view.id}.json`);
  // Mostly nothing has changed, and then there is nothing to write, where all that is left is to be read above all.
  if (await isThere(file)) return false;
  const found = new Map<string, FileState>();
  for (let row = 0; row < rows.length; row += 1) found.set(rows.placeAt(row), view.stateAt(row));
  const text = `${JSON.stringify({ paths: [...found.keys()], states: [...found.values()] })}\n`;
  return createExclusively(file, text, { unfinishedIn: directory.images });
}

/** Every view of a set that any process of the run had. */
export async function readViews(directory: RunDirectory, set: string): Promise<readonly KeptView[]> {
  const views: KeptView[] = [];
  for (const id of await viewIds(directory, set)) {
    const text = (await readListed(join(folderOf(directory, set), `${id}.json`))).toString();
    try {
      const { paths, states } = viewFile.parse(JSON.parse(text));
      const found = new Map(paths.map((path, index) => [path, states[index] ?? null]));
      views.push({ id, states: found });
    } catch {
      // A damaged view counts as different in every file, so that contents are compared.
      views.push({ id, states: new Map() });
    }
  }
  return views;
}

/** The ids of all views of a set that any process of the run had, ascending. */
export async function viewIds(directory: RunDirectory, set: string): Promise<readonly string[]> {
  const names = await readdir(folderOf(directory, set)).catch((): string[] => []);
  return names
    .filter((one) => /^[0-9a-f]{16}\.json$/.test(one))
    .map((name) => name.slice(0, 16))
    .sort();
}

/**
 * The rows whose files did not look the same to all processes of the run.
 * @param view that of this process
 * @param withUnseen whether those count too that no other has seen
 */
export function differingRows(
  { rows }: Manifest,
  view: ImageView,
  views: readonly KeptView[],
  withUnseen = false,
): ReadonlySet<number> {
  const others = views.filter(({ id }) => id !== view.id);
  const differing = new Set<number>();
  if (others.length === 0 && !withUnseen) return differing;
  for (let row = 0; row < rows.length; row += 1) {
    const path = rows.placeAt(row);
    const own = view.stateAt(row);
    const isUnseen = withUnseen && !others.some(({ states }) => states.has(path));
    if (
      isUnseen ||
      others.some(({ states }) => states.size === 0 || (states.has(path) && states.get(path) !== own))
    )
      differing.add(row);
  }
  return differing;
}

/** sha256 (hex) of files in the states of a view, by path, as far as they had to be read. */
export async function readDigests(
  directory: RunDirectory,
  set: string,
  { id }: Pick<ImageView, 'id'>,
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
  { id }: Pick<ImageView, 'id'>,
  digests: ReadonlyMap<string, string>,
): Promise<void> {
  const text = `${JSON.stringify(Object.fromEntries(digests))}\n`;
  const file = join(folderOf(directory, set), `${id}.digests.json`);
  await writeAtomically(file, text, { unfinishedIn: directory.images });
}

function folderOf(directory: RunDirectory, set: string): string {
  return join(directory.images, createHash('sha256').update(set).digest('hex').slice(0, 16));
}
