import type PQueue from 'p-queue';
import type { BatchMemory } from './batch-memory.js';
import type { HostTensor } from './engines/engine.js';
import { ImageError, type ImageSource } from './images/source.js';
import type { BatchInput, ImageRow } from './task.js';

/** What reads and decodes images. */
export interface ImageDecoding {
  readonly source: ImageSource;
  /** Bounds how many images are decoded at once. */
  readonly queue: PQueue;
  /** What batches are written to. */
  readonly memory: BatchMemory;
}

/** Images of one batch, ready for the network. */
export interface ImageBatch {
  /** float32 [batchSize, C, H, W]; slots without an image, or whose image failed, are zero. */
  readonly image: HostTensor & { readonly data: Float32Array };
  /** Slots that have an image. */
  readonly filled: readonly number[];
  /** What went wrong, by slot. */
  readonly failures: ReadonlyMap<number, string>;
  /** sha256 (hex) of the bytes that were read, by slot of a row; null where they could not be read. */
  readonly digests: readonly (string | null)[];
}

/**
 * Decodes the images of a batch, as many at once as the queue allows. A failed image keeps its slot.
 * @param rows at most `batchSize`; null for a slot that is left empty
 * @throws SystemFault when the machine, not an image, is at fault
 */
export async function loadBatch(
  rows: readonly (ImageRow | null)[],
  batchSize: number,
  { input, preprocess, corrupt }: BatchInput,
  { source, queue, memory }: ImageDecoding,
): Promise<ImageBatch> {
  const size = input.channels * input.height * input.width;
  const data = memory.take(batchSize * size);
  const slotOf = (slot: number): Float32Array => data.subarray(slot * size, (slot + 1) * size);
  const failures = new Map<number, string>();
  const digests = rows.map((): string | null => null);
  const tasks = rows.flatMap((row, slot) => (row === null ? [] : [{ row, slot }]));
  await queue.addAll(
    tasks.map(({ row, slot }) => async () => {
      try {
        const { path, isKnown = false, id = path } = row;
        const into = slotOf(slot);
        const how = { isKnown, into, ...(corrupt && { corrupt: { setting: corrupt, id } }) };
        const read = await source.read(path, preprocess, input, how);
        if (read.data !== into) into.set(read.data);
        digests[slot] = read.sha256;
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
        digests[slot] = error.sha256;
        failures.set(slot, error.message);
      }
    }),
  );
  const filled = tasks.map(({ slot }) => slot).filter((slot) => !failures.has(slot));
  const written = new Set(filled);
  for (let slot = 0; slot < batchSize; slot += 1) if (!written.has(slot)) slotOf(slot).fill(0);
  return {
    image: { type: 'float32', dims: [batchSize, input.channels, input.height, input.width], data },
    filled,
    failures,
    digests,
  };
}
