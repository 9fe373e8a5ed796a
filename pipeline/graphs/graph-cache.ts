import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { parseBytes } from '../../manifests/input/bytes.js';
import { removeStaleTemporaries } from '../../manifests/output/atomic-file.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { InputError } from '../../stages/errors.js';
import { GraphFolder, graphFileName, type StoredGraph } from './graph-folder.js';

/** Where compiled graphs are kept for all runs of a user. */
export interface CacheSettings {
  /** Absolute path. */
  readonly folder: string;
  /** Graphs that were not used for longest are removed above this size, in bytes. */
  readonly limit: number;
}

const defaultLimit = 4e9;

/**
 * The user's cache as the environment has it: GRODIN_CACHE is its folder, or `off`; else it lies in XDG_CACHE_HOME, or
 * in ~/.cache. GRODIN_CACHE_SIZE bounds it (4GB by default).
 * @returns null where it is off
 * @throws InputError when GRODIN_CACHE_SIZE is no size
 */
export function cacheSettings(env: Readonly<Record<string, string | undefined>>): CacheSettings | null {
  const folder = cacheFolder(env);
  const size = env.GRODIN_CACHE_SIZE || null;
  if (folder === null) return null;
  if (size === null) return { folder, limit: defaultLimit };
  const limit = parseBytes(size);
  if (limit === null)
    throw new InputError(`GRODIN_CACHE_SIZE: found "${size}", expected a size, for example 4GB`);
  return { folder, limit };
}

function cacheFolder({ GRODIN_CACHE, XDG_CACHE_HOME, HOME }: Readonly<Record<string, string | undefined>>) {
  if (GRODIN_CACHE === 'off') return null;
  if (GRODIN_CACHE) return resolve(GRODIN_CACHE);
  // Its specification says that a relative path is to be ignored.
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'grodin');
  const home = HOME || homedir();
  return isAbsolute(home) ? join(home, '.cache', 'grodin') : null;
}

/** Folders of a cache that have unfinished files in them while files are written. */
export function cacheFolders(cache: CacheSettings | null): readonly string[] {
  return cache === null ? [] : [cache.folder, graphsIn(cache)];
}

function graphsIn({ folder }: CacheSettings): string {
  return join(folder, 'graphs');
}

/**
 * Compiled graphs of all runs of a user. It only ever feeds folders that keep graphs of their own, so that a graph may
 * vanish from it at any time; and whatever goes wrong with it (no permission, no room) is as if it were empty.
 */
export class GraphCache {
  readonly #graphs: GraphFolder;
  readonly #limit: number;

  constructor(settings: CacheSettings) {
    this.#graphs = new GraphFolder(graphsIn(settings));
    this.#limit = settings.limit;
  }

  /** Brings a graph into a folder. @returns null when the cache has none */
  async feed(key: string, folder: GraphFolder): Promise<StoredGraph | null> {
    const graph = await folder.take(key, this.#graphs);
    if (graph !== null) await this.#touch(key);
    return graph;
  }

  /** Keeps a folder's graph for others. */
  async keep(key: string, folder: GraphFolder): Promise<void> {
    try {
      // Everything else would make room for it, in vain.
      if ((await folder.bytes(key)) > this.#limit) return;
      await makeFolder(this.#graphs.path, 0o700);
      if ((await this.#graphs.take(key, folder)) === null) return;
      await this.#touch(key);
      await removeStaleTemporaries(this.#graphs.path);
      await this.#evict();
    } catch {
      // Another process may be evicting, or the folder may be gone: nothing that concerns the caller.
    }
  }

  async #touch(key: string): Promise<void> {
    const now = new Date();
    for (const ending of ['onnx', 'onnx.data', 'json'])
      await utimes(join(this.#graphs.path, `${key}.${ending}`), now, now).catch(() => {});
  }

  /** Removes graphs, least recently used first, until the rest fits. */
  async #evict(): Promise<void> {
    const entries = new Map<string, { bytes: number; used: number; readonly files: string[] }>();
    for (const name of await readdir(this.#graphs.path)) {
      const key = graphFileName.exec(name)?.[1];
      if (key === undefined) continue;
      const file = join(this.#graphs.path, name);
      const found = await stat(file).catch(() => null);
      if (found === null) continue;
      const entry = entries.get(key) ?? { bytes: 0, used: 0, files: [] };
      entries.set(key, entry);
      entry.bytes += found.size;
      entry.used = Math.max(entry.used, found.mtimeMs);
      entry.files.push(file);
    }
    let total = [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { bytes, files } of [...entries.values()].sort((a, b) => a.used - b.used)) {
      if (total <= this.#limit) return;
      for (const file of files) await rm(file, { force: true });
      total -= bytes;
    }
  }
}
