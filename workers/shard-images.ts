import { type ImageBatch, type ImageDecoding, loadBatch } from './load-batch.js';
import type { ScoringTask } from './task.js';

/** A batch, and the place of its first slot among the shard's rows. */
export interface PlacedBatch extends ImageBatch {
  readonly start: number;
}

/**
 * The images of one shard, batch by batch in the order of its rows, each decoded while the one before it is scored. Batches whose
 * images are all scored already are left out, and so are such images of other batches: theirs are empty slots.
 */
export class ShardImages {
  readonly #task: ScoringTask;
  readonly #decoding: ImageDecoding;
  /** Of the batches that are still to be loaded. */
  readonly #starts: number[];
  readonly #isScored: (row: number) => boolean;
  #ahead: Promise<PlacedBatch> | null;

  /** Begins to decode the first batch. */
  constructor(task: ScoringTask, decoding: ImageDecoding) {
    this.#task = task;
    this.#decoding = decoding;
    const { kept, rows, batchSize } = task;
    const scored = new Set(kept?.usable);
    this.#isScored = (row) => scored.has(row);
    const toScore = rows.map((_, row) => row).filter((row) => !scored.has(row));
    this.#starts = [...new Set(toScore.map((row) => row - (row % batchSize)))];
    this.#ahead = this.#load();
  }

  /**
   * The next batch, and begins to decode the one after it.
   * @returns whose image is overwritten by the next batch of any shard with the same memory; null behind the last
   * @throws SystemFault when the machine is at fault
   */
  async next(): Promise<PlacedBatch | null> {
    const batch = await this.#ahead;
    if (batch === null) return null;
    const data = this.#decoding.memory.handOver(batch.image.data);
    this.#ahead = this.#load();
    return { ...batch, image: { ...batch.image, data } };
  }

  #load(): Promise<PlacedBatch> | null {
    const start = this.#starts.shift();
    if (start === undefined) return null;
    const { rows, batchSize, model, corrupt } = this.#task;
    const some = rows
      .slice(start, start + batchSize)
      .map((row, slot) => (this.#isScored(start + slot) ? null : row));
    const batch = loadBatch(some, batchSize, { ...model, corrupt }, this.#decoding).then((loaded) => ({
      ...loaded,
      start,
    }));
    // Awaited in its turn; until then a rejection must not count as unhandled.
    batch.catch(() => {});
    return batch;
  }
}
