import { join, resolve } from 'node:path';
import { makeFolder } from '../output/make-folder.js';
import { removeStaleTemporaries } from './atomic-file.js';

/** Where everything of a run lies; the whole state of a run is in this folder. */
export interface RunDirectory {
  /** Absolute path of the folder. */
  readonly path: string;
  /** The resolved experiment, its revisions, software versions. */
  readonly run: string;
  /** What the finished results were made from. */
  readonly finished: string;
  /** Folders. */
  readonly plan: string;
  readonly compiled: string;
  readonly shards: string;
  readonly setAside: string;
  /** Who works on what; there only while someone does. */
  readonly leases: string;
  readonly tables: string;
  /** Results. */
  readonly selection: string;
  readonly metrics: string;
  readonly accuracy: string;
  readonly errors: string;
  shard(id: string): string;
}

export function runDirectory(path: string): RunDirectory {
  const root = resolve(path);
  const shards = join(root, 'shards');
  return {
    path: root,
    run: join(root, 'run.json'),
    finished: join(root, 'finished.json'),
    plan: join(root, 'plan'),
    compiled: join(root, 'compiled'),
    shards,
    setAside: join(root, 'set-aside'),
    leases: join(root, 'leases'),
    tables: join(root, 'tables'),
    selection: join(root, 'selection.arrow'),
    metrics: join(root, 'metrics.arrow'),
    accuracy: join(root, 'accuracy.arrow'),
    errors: join(root, 'errors.arrow'),
    shard: (id) => join(shards, `${id}.arrow`),
  };
}

/** The folders of a run that files are written to. */
export function writtenFolders(directory: RunDirectory): readonly string[] {
  const { path, plan, compiled, shards, tables, leases } = directory;
  return [path, plan, compiled, shards, tables, leases];
}

/** Makes the folders of a run, and clears away what killed processes left half-written. */
export async function prepareRunDirectory(directory: RunDirectory): Promise<void> {
  for (const folder of [
    directory.path,
    directory.plan,
    directory.compiled,
    directory.shards,
    directory.tables,
  ]) {
    await makeFolder(folder);
    await removeStaleTemporaries(folder);
  }
}
