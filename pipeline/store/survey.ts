import type { PlannedShard } from '../../workers/store/planned-shard.js';
import {
  type FinishedShard,
  readShard,
  type ShardSource,
  shardIdsIn,
} from '../../workers/store/shard-store.js';
import { ImageDigests } from './image-digests.js';

/** What a look at all shards of a plan found. */
export interface Survey {
  /** Each missing shard once, in plan order. */
  readonly missing: readonly PlannedShard[];
  readonly finished: readonly PlannedShard[];
  /** Checksum (hex) of each finished shard's file, by id. */
  readonly checksums: ReadonlyMap<string, string>;
  /** Images that could not be used, `imageKey` → message. */
  readonly failures: ReadonlyMap<string, string>;
  /** The digests of the images when they were read, and which images had more than one. */
  readonly images: ImageDigests;
  /** Engine, processor and batch layout of the scores: those of several agree within tolerances, not bit for bit. */
  readonly origins: ReadonlySet<string>;
}

/**
 * Reads and checks the shards of a plan, one after another.
 * @param visit is shown each finished shard
 * @param images records the digest of each image
 */
export async function surveyShards(
  source: ShardSource,
  shards: readonly PlannedShard[],
  visit?: (shard: PlannedShard, found: FinishedShard) => void,
  images = new ImageDigests(),
): Promise<Survey> {
  const missing = new Map<string, PlannedShard>();
  const finished: PlannedShard[] = [];
  const checksums = new Map<string, string>();
  const failures = new Map<string, string>();
  const origins = new Set<string>();
  const listed = source.listed ?? (await shardIdsIn(source.directory));
  for (const shard of shards) {
    const found = missing.has(shard.id) ? null : await readShard({ ...source, listed }, shard);
    if (found === null) {
      if (!missing.has(shard.id)) missing.set(shard.id, shard);
      continue;
    }
    finished.push(shard);
    checksums.set(shard.id, found.checksum);
    const { engine, engineVersion, provider, processor, batchSize, stepsTogether } = found.origin;
    const together = stepsTogether === 1 ? '' : `, ${stepsTogether} ε together`;
    origins.add(`${engine} ${engineVersion} (${provider}, ${processor}, batches of ${batchSize}${together})`);
    shard.rows.forEach((row, index) => {
      images.note(shard, row, found.scores.digests[index] ?? null);
    });
    for (const { row, message } of found.scores.failures) failures.set(imageKey(shard, row), message);
    visit?.(shard, found);
  }
  return { missing: [...missing.values()], finished, checksums, failures, images, origins };
}

/** One image of one model's work: the same image counts once however many shards it is in. */
export function imageKey(shard: PlannedShard, row: number): string {
  return `${shard.model}\0${shard.set}\0${shard.rows[row]}`;
}

/** How many images some keys are of: one that several models met is one. */
export function imagesAmong(keys: Iterable<string>): number {
  return new Set([...keys].map((key) => key.slice(key.indexOf('\0')))).size;
}
