import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { ModelError } from '../../stages/errors.js';
import type { DecodingAnswer, DecodingSetup, DecodingTask } from './decoding-thread.js';
import { ImageError, type ImageSource } from './source.js';
import { SystemFault } from './system-fault.js';

/**
 * Image files on disk, decoded by threads beside the one that asks: for a GPU, whose passes keep that thread from
 * everything else and are done sooner than it could resample the next images. As it can't hand out work during a pass
 * either, it hands out that of the next batches before: each thread has what it will decode, two images at a time.
 * @param threads at most; they end with the thread that asks
 * @param ahead how many images may be handed out at once
 */
export function imagesByThreads(threads: number, ahead: number, setup: DecodingSetup): ImageSource {
  const pool = new Piscina<DecodingTask, DecodingAnswer>({
    filename: fileURLToPath(new URL('./decoding-thread.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: Math.max(2, Math.ceil(ahead / threads)),
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: setup,
  });
  return {
    async read(path, preprocess, shape, { into, ...others } = {}) {
      const shared = into?.buffer instanceof SharedArrayBuffer ? into : undefined;
      const options = { ...others, into: shared };
      const answer = await pool.run({ path, preprocess, shape, options });
      switch (answer.kind) {
        case 'image':
          return { ...answer.image, ...(shared && { data: shared }) };
        case 'image-error':
          throw new ImageError(answer.path, answer.message, answer.sha256);
        case 'system-fault':
          throw new SystemFault(answer.path, answer.code, answer.message);
        case 'model-error':
          throw new ModelError(answer.message);
      }
    },
  };
}
