import { rename, rm, rmdir } from 'node:fs/promises';
import { isErrno } from '../../manifests/output/file-system.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { step } from '../../manifests/output/step.js';
import type { RunDirectory } from './run-directory.js';
import { decodeShard, ShardFileError, type ShardOrigin } from './shard-file.js';
import type { ShardScores } from './shard-scores.js';
import { forgetResults, readIfThere } from './shard-store.js';

/**
 * Takes a finished shard out, so that it counts as not done. Its scores stay where whoever scores it next finds those that hold
 * still: until then a kill costs no more than their being done again.
 */
export async function takeOut(directory: RunDirectory, id: string): Promise<void> {
  await makeFolder(directory.retried);
  await forgetResults(directory);
  await step(`take out ${id.slice(0, 12)}`);
  await rename(directory.shard(id), directory.retriedShard(id)).catch((error: unknown) => {
    // Another process has done so already.
    if (!isErrno(error, 'ENOENT')) throw error;
  });
}

/**
 * The scores of a shard that was taken out.
 * @param origin what scores it now
 * @returns null where there are none that this would give too, bit for bit: then all its images are scored
 */
export async function takenOut(directory: RunDirectory, origin: ShardOrigin): Promise<ShardScores | null> {
  const bytes = await readIfThere(directory.retriedShard(origin.identity));
  if (bytes === null) return null;
  try {
    const found = decodeShard(bytes, origin.identity);
    return isSameOrigin(found.origin, origin) ? found.scores : null;
  } catch (error) {
    if (error instanceof ShardFileError) return null;
    throw error;
  }
}

/** Removes what `takenOut` found, once the shard is there again. */
export async function forgetTakenOut(directory: RunDirectory, id: string): Promise<void> {
  try {
    await rm(directory.retriedShard(id));
    await rmdir(directory.retried);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].some((code) => isErrno(error, code))) throw error;
  }
}

/** Removes what was taken out and scored without a look at it. */
export async function forgetAllTakenOut({ retried }: RunDirectory): Promise<void> {
  await rm(retried, { recursive: true, force: true });
}

function isSameOrigin(a: ShardOrigin, b: ShardOrigin): boolean {
  const keys = ['engine', 'engineVersion', 'provider', 'processor', 'batchSize', 'stepsTogether'] as const;
  return keys.every((key) => a[key] === b[key]) && (a.modelSha256 ?? b.modelSha256) === b.modelSha256;
}
