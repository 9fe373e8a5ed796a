import type { GraphMemory } from '../../stages/graph/graph-memory.js';
import type { Split } from './check-messages.js';

/**
 * The split, or one of fewer workers on the same cores: a check with a worker for each of many cores could take more memory
 * than there is.
 * @param graphs what a worker opens
 * @param batch images at once
 * @param bytes what the check may take; one worker is tried in any case
 */
export function splitThatFits(
  { workers, threads }: Split,
  graphs: readonly GraphMemory[],
  batch: number,
  bytes: number,
): Split {
  const fits = Math.min(workers, Math.max(1, Math.floor(bytes / workerBytes(graphs, batch))));
  return { workers: fits, threads: Math.floor((workers * threads) / fits) };
}

/** An open graph keeps its weights twice, parsed and packed, and the arena more than the values that are alive. */
function workerBytes(graphs: readonly GraphMemory[], batch: number): number {
  return graphs.reduce(
    (sum, { fixedBytes, imageBytes }) => sum + 2 * (fixedBytes + batch * imageBytes),
    threadBytes,
  );
}

/** A thread with its own JavaScript. */
const threadBytes = 30e6;
