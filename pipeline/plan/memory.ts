import type { GraphMemory } from '../../stages/graph/memory.js';
import { formatBytes } from '../input/bytes.js';

/** What one model's graphs take, one entry a graph: all of them stay open while its shards are scored. */
export type ModelMemory = readonly GraphMemory[];

/**
 * The pool process takes its part before the first graph is open. An open graph takes more than its weights (the file is
 * parsed, and kernels keep packed copies), and a run more than the values alive at its peak, since the arena keeps what
 * it has. Chosen so that the peaks of fourteen runs of ResNet-18, ResNet-50 and WRN-28-10, with 1 to 4 workers and batches
 * of 2 to 32, are 70 to 90 % of the estimate. With tiny networks the process itself is most of it, and what the reduction
 * keeps for a while: its part is the largest that was seen with a few hundred MB allowed.
 */
const PROCESS_BYTES = 210e6;
const WORKER_BYTES = 30e6;
const WEIGHT_FACTOR = 2.1;
const VALUE_FACTOR = 1.5;

/** Largest batch that is chosen: more images at once gain next to nothing. */
export const LARGEST_BATCH = 32;

/** How much memory a run takes, and how it is spent. */
export interface MemoryPlan {
  readonly batchSize: number;
  readonly workers: number;
  /** Estimate for the pool process, with the largest model in every worker. */
  readonly plannedBytes: number;
  /** What the user allows, or null. */
  readonly allowedBytes: number | null;
}

/** Estimated bytes of a pool process. */
export function poolBytes(models: readonly ModelMemory[], batchSize: number, workers: number): number {
  const worker = Math.max(
    0,
    ...models.map((graphs) =>
      graphs.reduce((sum, { fixedBytes, imageBytes }) => {
        return sum + fixedBytes * WEIGHT_FACTOR + imageBytes * batchSize * VALUE_FACTOR;
      }, 0),
    ),
  );
  return PROCESS_BYTES + workers * (WORKER_BYTES + worker);
}

/**
 * The largest batch of up to 32 images that fits. With few bytes, workers are left out before the batch gets smaller
 * than one image.
 * @param memoryAt what the models' graphs take when compiled for a batch size
 * @returns null when one worker with one image a batch is too much
 */
export function chooseBatch(
  memoryAt: (batchSize: number) => readonly ModelMemory[],
  workers: number,
  allowedBytes: number,
): number | null {
  for (let count = workers; count > 0; count -= 1) {
    // A graph for fewer images may be built otherwise, so what fits is found with the graphs it is found for.
    for (let batchSize = LARGEST_BATCH; batchSize > 0; ) {
      const models = memoryAt(batchSize);
      if (poolBytes(models, batchSize, count) <= allowedBytes) return batchSize;
      const empty = poolBytes(models, 0, count);
      const image = poolBytes(models, 1, count) - empty;
      batchSize = Math.min(batchSize - 1, Math.floor((allowedBytes - empty) / image));
    }
  }
  return null;
}

/** As many of the workers as fit, or null when not even one does. */
export function planMemory(
  models: readonly ModelMemory[],
  batchSize: number,
  workers: number,
  allowedBytes: number | null,
): MemoryPlan | null {
  for (let count = workers; count > 0; count -= 1) {
    const plannedBytes = poolBytes(models, batchSize, count);
    if (allowedBytes === null || plannedBytes <= allowedBytes)
      return { batchSize, workers: count, plannedBytes, allowedBytes };
  }
  return null;
}

/** The plan in one line. */
export function memoryPlanText({ batchSize, workers, plannedBytes, allowedBytes }: MemoryPlan): string {
  const allowed = allowedBytes === null ? '' : ` of ${formatBytes(allowedBytes)} allowed`;
  const count = workers === 1 ? '1 worker' : `${workers} workers`;
  return `memory: about ${formatBytes(plannedBytes)} planned${allowed}, for ${count} with batches of ${batchSize}`;
}
