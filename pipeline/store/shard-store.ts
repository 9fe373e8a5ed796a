import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlannedShard } from '../plan/planned-shard.js';
import { writeAtomically } from './atomic-file.js';
import { isErrno } from './errno.js';
import type { RunDirectory } from './run-directory.js';
import { decodeShard, ShardFileError, type ShardOrigin } from './shard-file.js';
import type { ShardScores } from './shard-scores.js';

/** A finished shard as read from its file. */
export interface FinishedShard {
  readonly scores: ShardScores;
  readonly origin: ShardOrigin;
}

/**
 * Reads a shard and checks every byte of it. A file that is not what it should be is set aside with the
 * reason beside it, so that the shard is done again.
 * @returns null when the shard is not finished
 */
export async function readShard(directory: RunDirectory, shard: PlannedShard): Promise<FinishedShard | null> {
  const file = directory.shard(shard.id);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
  try {
    return decodeShard(bytes, shard.id);
  } catch (error) {
    if (!(error instanceof ShardFileError)) throw error;
    await setAside(directory, shard.id, error.message);
    return null;
  }
}

/** Moves a shard's file out of the way, so that the shard is done again and the results are made anew. */
export async function setAside(directory: RunDirectory, id: string, reason: string): Promise<void> {
  await mkdir(directory.setAside, { recursive: true });
  await rm(directory.finished, { force: true });
  const name = `${id}-${Date.now()}-${process.pid}`;
  try {
    await rename(directory.shard(id), join(directory.setAside, `${name}.arrow`));
  } catch (error) {
    // Another process has set it aside already.
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  await writeAtomically(join(directory.setAside, `${name}.txt`), `${reason}\n`);
}

/** What a look at all shards of a plan found. */
export interface Survey {
  /** Each missing shard once, in plan order. */
  readonly missing: readonly PlannedShard[];
  readonly finished: readonly PlannedShard[];
  /** Images that could not be used, `imageKey` → message. */
  readonly failures: ReadonlyMap<string, string>;
  /** Who made the scores: more than one means that they agree within tolerances, not to the bit. */
  readonly origins: ReadonlySet<string>;
}

/** Reads and checks the shards of a plan, one after another. */
export async function surveyShards(
  directory: RunDirectory,
  shards: readonly PlannedShard[],
): Promise<Survey> {
  const missing = new Map<string, PlannedShard>();
  const finished: PlannedShard[] = [];
  const failures = new Map<string, string>();
  const origins = new Set<string>();
  for (const shard of shards) {
    const found = missing.has(shard.id) ? null : await readShard(directory, shard);
    if (found === null) {
      if (!missing.has(shard.id)) missing.set(shard.id, shard);
      continue;
    }
    finished.push(shard);
    const { engine, engineVersion, provider, processor, batchSize } = found.origin;
    origins.add(`${engine} ${engineVersion} (${provider}, ${processor}, batches of ${batchSize})`);
    for (const { row, message } of found.scores.failures) failures.set(imageKey(shard, row), message);
  }
  return { missing: [...missing.values()], finished, failures, origins };
}

/** One image of one model's work: the same image counts once however many shards it is in. */
export function imageKey(shard: PlannedShard, row: number): string {
  return `${shard.model}\0${shard.set}\0${shard.rows[row]}`;
}
