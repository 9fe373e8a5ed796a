import type { Manifest } from '../../manifests/manifest.js';
import { RunFailedError } from '../../stages/errors.js';
import { call } from '../../stages/setting.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { readShard, type ShardSource } from '../../workers/store/shard-store.js';

/** Whose logits are read. */
export interface LogitsRequest {
  readonly model: string;
  readonly set: string;
  readonly manifest: Manifest;
  /** Row indices, ascending. */
  readonly rows: Int32Array;
}

/** The logits of one image at ε = 0. */
export interface RowLogits {
  /** Row of the manifest. */
  readonly row: number;
  /** [K], of no use once the next one is asked for. */
  readonly logits: Float32Array;
}

/**
 * Reads the logits that a run has kept, shard by shard, so that no more than one shard's are in memory. Rows whose images
 * failed are left out; the order is that of the shards.
 * @param planned all shards of the plan
 * @throws RunFailedError when shards are missing, or logits were not kept
 */
export async function* loadLogits(
  source: ShardSource,
  planned: readonly PlannedShard[],
  { model, set, manifest, rows }: LogitsRequest,
): AsyncGenerator<RowLogits> {
  const wanted = new Uint8Array(manifest.rows.length);
  for (const row of rows) wanted[row] = 1;
  let left = rows.length;
  for (const shard of planned) {
    const isOfSet = shard.logits === true && shard.model === model && shard.set === set;
    if (!isOfSet || !shard.rows.some((row) => wanted[row] === 1)) continue;
    const found = await readShard(source, shard);
    if (found === null) break;
    const { scores } = found;
    for (const { row } of scores.failures) {
      const at = shard.rows[row] ?? -1;
      if (wanted[at] === 1) left -= 1;
      wanted[at] = 0;
    }
    const { logits } = scores;
    if (logits === undefined) continue;
    for (const [nth, index] of scores.usable.entries()) {
      const row = shard.rows[index] ?? -1;
      if (wanted[row] !== 1) continue;
      wanted[row] = 0;
      left -= 1;
      yield { row, logits: logits.values.subarray(nth * logits.classes, (nth + 1) * logits.classes) };
    }
  }
  if (left === 0) return;
  throw new RunFailedError(
    `logits of model "${model}" on set "${set}" are missing for ${left} of ${rows.length} images: finish the run first, or keep ` +
      `them with "logits": true in its experiment and go on: ${call('run')}`,
  );
}
