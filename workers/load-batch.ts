import type PQueue from 'p-queue';
import type { ManifestRow } from '../manifests/manifest.js';
import type { HostTensor } from './engines/engine.js';
import { ImageError, type ImageSource } from './images/source.js';
import type { ModelTask } from './task.js';

/** Images of one batch, ready for the network. */
export interface ImageBatch {
  /** float32 [batchSize, C, H, W]; slots without an image, or whose image failed, are zero. */
  readonly image: HostTensor;
  /** What went wrong, by slot. */
  readonly failures: ReadonlyMap<number, string>;
}

/**
 * Decodes the images of a batch, as many at once as the queue allows. A failed image keeps its slot.
 * @param rows at most `batchSize`
 */
export async function loadBatch(
  rows: readonly Pick<ManifestRow, 'path'>[],
  batchSize: number,
  { input, preprocess }: Pick<ModelTask, 'input' | 'preprocess'>,
  source: ImageSource,
  queue: PQueue,
): Promise<ImageBatch> {
  const size = input.channels * input.height * input.width;
  const data = new Float32Array(batchSize * size);
  const failures = new Map<number, string>();
  await queue.addAll(
    rows.map((row, slot) => async () => {
      try {
        data.set(await source.read(row.path, preprocess, input), slot * size);
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
        failures.set(slot, error.message);
      }
    }),
  );
  return {
    image: { type: 'float32', dims: [batchSize, input.channels, input.height, input.width], data },
    failures,
  };
}
