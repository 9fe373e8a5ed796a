import { rm } from 'node:fs/promises';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { NoUsableImageError } from '../../stages/errors.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { errorRows, gatherErrors } from '../inputs/errors-table.js';
import { BadImagesError } from '../inputs/image-errors.js';
import { isLatest } from '../opening/latest-revision.js';
import type { OpenRun } from '../opening/opened.js';

/** Where a set has no usable image, its bad ones are what the user must fix: they are written down and thrown. */
export async function orBadImages<T>(
  run: OpenRun,
  shards: readonly PlannedShard[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NoUsableImageError)) throw error;
    throw await badImages(run, shards, error.message);
  }
}

/** Writes the errors of what is finished, so that every image that failed can be found. */
export async function badImages(
  run: OpenRun,
  shards: readonly PlannedShard[],
  problem: string,
): Promise<BadImagesError> {
  const rows = await gatherErrors(run, shards);
  // The results that may be there are not whole any more.
  if (await isLatest(run)) {
    await rm(run.directory.finished, { force: true });
    await writeAtomically(run.directory.errors, errorRows.encode(rows));
  }
  return new BadImagesError(problem, rows);
}
