import type PQueue from 'p-queue';
import type { HostTensor } from './engines/engine.js';
import { ImageError, type ImageSource } from './images/source.js';
import type { BatchInput, ImageRow } from './task.js';

/** Images of one batch, ready for the network. */
export interface ImageBatch {
  /** float32 [batchSize, C, H, W]; slots without an image, or whose image failed, are zero. */
  readonly image: HostTensor;
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
  source: ImageSource,
  queue: PQueue,
): Promise<ImageBatch> {
  const size = input.channels * input.height * input.width;
  const data = new Float32Array(batchSize * size);
  const failures = new Map<number, string>();
  const digests = rows.map((): string | null => null);
  const tasks = rows.flatMap((row, slot) => (row === null ? [] : [{ row, slot }]));
  await queue.addAll(
    tasks.map(({ row, slot }) => async () => {
      try {
        const { path, isKnown = false, id = path } = row;
        const how = corrupt === undefined ? { isKnown } : { isKnown, corrupt: { setting: corrupt, id } };
        const read = await source.read(path, preprocess, input, how);
        data.set(read.data, slot * size);
        digests[slot] = read.sha256;
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
        digests[slot] = error.sha256;
        failures.set(slot, error.message);
      }
    }),
  );
  return {
    image: { type: 'float32', dims: [batchSize, input.channels, input.height, input.width], data },
    filled: tasks.map(({ slot }) => slot).filter((slot) => !failures.has(slot)),
    failures,
    digests,
  };
}
