import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../manifests/manifest.js';
import { createExclusively, writeAtomically } from '../../manifests/output/atomic-file.js';
import { isErrno, namesIn } from '../../manifests/output/file-system.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { isListed, persistently, readListed } from '../../manifests/output/shared-files.js';
import { step } from '../../manifests/output/step.js';
import { stopIfAborted } from '../../stages/aborted.js';
import { cellKey } from '../../stages/cells.js';
import { RunFailedError } from '../../stages/errors.js';
import { call } from '../../stages/setting.js';
import type { PlannedShard } from './planned-shard.js';
import type { RunDirectory } from './run-directory.js';
import { decodeShard, encodeShard, ShardFileError, type ShardOrigin } from './shard-file.js';
import type { ShardScores } from './shard-scores.js';

/** A finished shard as read from its file. */
export interface FinishedShard {
  readonly scores: ShardScores;
  readonly origin: ShardOrigin;
  /** Of the file (hex). */
  readonly checksum: string;
}

/** Where shards lie, and what their images should be. */
export interface ShardSource {
  readonly directory: RunDirectory;
  /** The manifest of a set, by its name; undefined where nothing is known of it. */
  readonly manifestOf: (set: string) => Manifest | undefined;
  /** Checksums (hex) by id, of shards that must be what they were before. */
  readonly checksums?: ReadonlyMap<string, string>;
  /** The ids of all shards whose files were listed: of others there is none, and these are waited for where they are found late. */
  readonly listed?: ReadonlySet<string> | undefined;
  /** Ends the reading of shards. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a shard and checks every byte of it, and that its rows are those of the plan and the manifest. A file that is
 * not what it should be is set aside with the reason beside it, so that the shard is done again.
 * @returns null when the shard is not finished
 * @throws InterruptedError when the source's signal was aborted
 */
export async function readShard(source: ShardSource, shard: PlannedShard): Promise<FinishedShard | null> {
  const { directory, manifestOf, checksums, listed, signal } = source;
  stopIfAborted(signal);
  if (listed !== undefined && !listed.has(shard.id)) return null;
  const bytes = await readIfThere(directory.shard(shard.id), listed !== undefined);
  if (bytes === null) return null;
  try {
    const finished = decodeShard(bytes, shard.id);
    checkRows(finished.scores, shard, manifestOf(shard.set));
    const before = checksums?.get(shard.id);
    if (before === undefined || before === finished.checksum) return finished;
    throw new RunFailedError(
      `${directory.shard(shard.id)}: was scored again while results were computed; ${call('again')}`,
    );
  } catch (error) {
    if (!(error instanceof ShardFileError)) throw error;
    await setAside(directory, shard.id, error.message);
    return null;
  }
}

/** Names of the shards whose files are there, unread. */
export async function shardIdsIn(directory: RunDirectory): Promise<ReadonlySet<string>> {
  const names = await namesIn(directory.shards);
  return new Set(
    names.filter((name) => /^[^.].*\.arrow$/.test(name)).map((name) => name.slice(0, -'.arrow'.length)),
  );
}

/** What a shard's file tells of each of its images besides scores. */
export type ShardImages = Pick<ShardScores, 'ids' | 'labels' | 'digests'>;

/** The images of a finished shard as its file has them; null when there is no such shard. */
export async function shardImagesOf(directory: RunDirectory, id: string): Promise<ShardImages | null> {
  return (await wholeShard(directory, id))?.scores ?? null;
}

/**
 * Publishes the scores of a finished shard as those of another, of the same images, cells and model, whose labels are others:
 * the file that scoring them would give.
 * @param labels of all its images
 * @returns false where the former shard is not there any more, or not whole
 */
export async function publishRelabelled(
  directory: RunDirectory,
  former: string,
  id: string,
  labels: readonly (number | null)[],
): Promise<boolean> {
  const found = await wholeShard(directory, former);
  if (found === null || found.scores.ids.length !== labels.length) return false;
  await publishShard(
    directory,
    id,
    encodeShard({ ...found.scores, labels }, { ...found.origin, identity: id }),
  );
  return true;
}

async function wholeShard(
  directory: RunDirectory,
  id: string,
): Promise<ReturnType<typeof decodeShard> | null> {
  const bytes = await readIfThere(directory.shard(id));
  if (bytes === null) return null;
  try {
    return decodeShard(bytes, id);
  } catch (error) {
    if (error instanceof ShardFileError) return null;
    throw error;
  }
}

/**
 * @param wasListed whether it is waited for where it is found late
 * @returns null where there is no such file; nothing of a folder in its place, which is no shard
 */
export async function readIfThere(file: string, wasListed = false): Promise<Uint8Array | null> {
  try {
    return wasListed ? await readListed(file) : await persistently(() => readFile(file));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    if (isErrno(error, 'EISDIR')) return new Uint8Array();
    throw error;
  }
}

/** @throws ShardFileError when the shard's rows are others than planned */
function checkRows(scores: ShardScores, shard: PlannedShard, manifest: Manifest | undefined): void {
  const planned = [
    ...shard.cells.map((cell) => `${cellKey(cell)} gradient`),
    ...shard.forwardCells.map((cell) => `${cellKey(cell)} forward`),
    ...shard.forwardTemperatures.map((temperature) => `${cellKey({ epsilon: 0, temperature })} forward`),
  ];
  const found = scores.cells.map((cell) => `${cellKey(cell)} ${cell.gradient ? 'gradient' : 'forward'}`);
  // Where every image failed there are no rows, and so no cells.
  if (scores.usable.length > 0 && found.join() !== planned.join())
    throw new ShardFileError('its cells are not those of the plan');
  if (scores.ids.length !== shard.rows.length)
    throw new ShardFileError(`it has ${scores.ids.length} images, not ${shard.rows.length} as planned`);
  if (manifest === undefined) return;
  shard.rows.forEach((row, index) => {
    const isIt = row >= 0 && row < manifest.rows.length && manifest.rows.idAt(row) === scores.ids[index];
    const label = scores.labels[index] ?? null;
    if (!isIt || (label !== null && label !== manifest.rows.labelAt(row)))
      throw new ShardFileError(`its image ${index} is not that of row ${row + 1} of ${manifest.file}`);
  });
}

/**
 * Publishes a finished shard: of several files with the same identity the first wins, and none is ever replaced. One that
 * is there and not what it should be is set aside.
 */
export async function publishShard(directory: RunDirectory, id: string, bytes: Uint8Array): Promise<void> {
  const file = directory.shard(id);
  // A second time where the file in the way is damaged; a third where another process wrote one in between.
  for (let round = 0; round < 3; round += 1) {
    if (await persistently(() => createExclusively(file, bytes))) return;
    const there = await readIfThere(file);
    if (there === null) {
      // This host finds it late: whoever reads it checks it.
      if (await isListed(file)) return;
      continue;
    }
    try {
      decodeShard(there, id);
      return;
    } catch (error) {
      if (!(error instanceof ShardFileError)) throw error;
      await setAside(directory, id, error.message);
    }
  }
  throw new Error(`${file}: changed after it was written; check the disk`);
}

/** Moves a shard's file out of the way, so that the shard is done again and the results are made anew. */
export async function setAside(directory: RunDirectory, id: string, reason: string): Promise<void> {
  await makeFolder(directory.setAside);
  await forgetResults(directory);
  // Its scores are no better than those.
  await rm(directory.retriedShard(id), { force: true });
  const name = `${id}-${Date.now()}-${process.pid}`;
  try {
    await step(`set aside ${id.slice(0, 12)}`);
    await rename(directory.shard(id), join(directory.setAside, `${name}.arrow`));
  } catch (error) {
    // Another process has set it aside already.
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  await writeAtomically(join(directory.setAside, `${name}.txt`), `${reason}\n`);
}

/** Removes what says that results, or chosen cells, are those of the shards that are there. */
export async function forgetResults({ finished, plan }: RunDirectory): Promise<void> {
  await rm(finished, { force: true });
  const names = await namesIn(plan);
  for (const name of names.filter((one) => /^selection-[0-9a-f]+\.arrow$/.test(one)))
    await rm(join(plan, name), { force: true });
}
