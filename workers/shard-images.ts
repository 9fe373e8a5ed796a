import type PQueue from 'p-queue';
import type { ImageSource } from './images/source.js';
import { type ImageBatch, loadBatch } from './load-batch.js';
import type { ScoringTask } from './task.js';

/** What reads and decodes the images of a shard. */
export interface ImageDecoding {
  readonly source: ImageSource;
  /** Bounds how many images are decoded at once. */
  readonly queue: PQueue;
}

/** The images of one shard, batch by batch in the order of its rows, each decoded while the one before it is scored. */
export class ShardImages {
  readonly #task: ScoringTask;
  readonly #decoding: ImageDecoding;
  #start = 0;
  #ahead: Promise<ImageBatch>;

  /** Begins to decode the first batch. */
  constructor(task: ScoringTask, decoding: ImageDecoding) {
    this.#task = task;
    this.#decoding = decoding;
    this.#ahead = this.#load();
  }

  /** The next batch, and begins to decode the one after it. @throws SystemFault when the machine is at fault */
  async next(): Promise<ImageBatch> {
    const batch = await this.#ahead;
    if (this.#start < this.#task.rows.length) this.#ahead = this.#load();
    return batch;
  }

  #load(): Promise<ImageBatch> {
    const { rows, batchSize, model, corrupt } = this.#task;
    const { source, queue } = this.#decoding;
    const some = rows.slice(this.#start, this.#start + batchSize);
    this.#start += batchSize;
    const batch = loadBatch(some, batchSize, { ...model, corrupt }, source, queue);
    // Awaited in its turn; until then a rejection must not count as unhandled.
    batch.catch(() => {});
    return batch;
  }
}
