import { join, resolve } from 'node:path';
import { removeStaleTemporaries } from '../../manifests/output/atomic-file.js';
import { isThere } from '../../manifests/output/file-system.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { requireSharing } from './shared-permissions.js';

/** Where everything of a run lies; the whole state of a run is in this folder. */
export interface RunDirectory {
  /** Absolute path of the folder. */
  readonly path: string;
  /** Folder of the revisions: the resolved experiment, what its files were, software versions. */
  readonly revisions: string;
  /** What the finished results were made from. */
  readonly finished: string;
  /** Folders. */
  readonly plan: string;
  readonly compiled: string;
  readonly shards: string;
  readonly setAside: string;
  /** Folder of shards whose failed images are being tried again; there only until that is done. */
  readonly retried: string;
  /** Sizes and times of image files whose content is known. */
  readonly images: string;
  /** Who works on what; there only while someone does. */
  readonly leases: string;
  /** What processes did when: a file each, which nothing is decided by. */
  readonly journals: string;
  readonly tables: string;
  /** Folder of what analyses found beside the metrics. */
  readonly analyses: string;
  /** Folder of what was measured of the time that passes take, which is no part of the results; there only where it was. */
  readonly timings: string;
  /** Results. */
  readonly selection: string;
  readonly metrics: string;
  readonly metricsJson: string;
  /** Metrics with covariate-shifted sets as in-domain too; there only where an experiment has them. */
  readonly fullSpectrum: string;
  readonly fullSpectrumJson: string;
  readonly accuracy: string;
  readonly errors: string;
  shard(id: string): string;
  /** The file of a shard whose failed images are being tried again. */
  retriedShard(id: string): string;
  /** What one analysis found. */
  analysis(name: string, extension: 'arrow' | 'csv'): string;
  /**
   * The cells that were chosen for a state of the run, before its results are there.
   * @param content `contentId` of the state: each has a file of its own, so that none is taken for another's
   */
  chosen(content: string): string;
}

export function runDirectory(path: string): RunDirectory {
  const root = resolve(path);
  const shards = join(root, 'shards');
  const analyses = join(root, 'analyses');
  const retried = join(root, 'retried');
  return {
    path: root,
    revisions: join(root, 'revisions'),
    finished: join(root, 'finished.json'),
    plan: join(root, 'plan'),
    compiled: join(root, 'compiled'),
    shards,
    setAside: join(root, 'set-aside'),
    retried,
    images: join(root, 'images'),
    leases: join(root, 'leases'),
    journals: join(root, 'journals'),
    tables: join(root, 'tables'),
    analyses,
    timings: join(root, 'timings'),
    selection: join(root, 'selection.arrow'),
    metrics: join(root, 'metrics.arrow'),
    metricsJson: join(root, 'metrics.json'),
    fullSpectrum: join(root, 'metrics-full-spectrum.arrow'),
    fullSpectrumJson: join(root, 'metrics-full-spectrum.json'),
    accuracy: join(root, 'accuracy.arrow'),
    errors: join(root, 'errors.arrow'),
    analysis: (name, extension) => join(analyses, `${name}.${extension}`),
    shard: (id) => join(shards, `${id}.arrow`),
    retriedShard: (id) => join(retried, `${id}.arrow`),
    chosen: (content) => join(root, 'plan', `selection-${content.slice(0, 16)}.arrow`),
  };
}

/** The folders of a run that have unfinished files in them while files are written. */
export function writtenFolders(directory: RunDirectory): readonly string[] {
  const { path, revisions, plan, compiled, shards, setAside, images, tables, analyses, timings, leases } =
    directory;
  return [path, revisions, plan, compiled, shards, setAside, images, tables, analyses, timings, leases];
}

/**
 * Makes the folders of a run, and clears away what killed processes left half-written.
 * @throws InputError where others who share the run could not use what is made
 */
export async function prepareRunDirectory(directory: RunDirectory): Promise<void> {
  await makeFolder(directory.path);
  await requireSharing(directory.path, directory.shards);
  for (const folder of [
    directory.revisions,
    directory.plan,
    directory.compiled,
    directory.shards,
    directory.images,
    directory.tables,
    directory.analyses,
  ])
    await makeFolder(folder);
  await clearTemporaries(directory);
}

/** Clears away what killed processes left half-written. */
export async function clearTemporaries(directory: RunDirectory): Promise<void> {
  // Leases are cleared by themselves.
  for (const folder of writtenFolders(directory))
    if (folder !== directory.leases && (await isThere(folder))) await removeStaleTemporaries(folder);
}
