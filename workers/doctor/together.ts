// In the main thread first: it sets a variable that native code sees only from there, and stays loaded when threads end.
import '../engines/onnxruntime.js';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { spreadOf } from '../bench/measurement-spread.js';
import type { Split } from './check-messages.js';
import type { TogetherTask, WorkerRates, WorkerTask } from './together-messages.js';

/** What workers score while all of them do. */
export interface TogetherSpeed {
  /** Of all workers together. */
  readonly imagesPerSecond: number;
  /** What a batch takes one of them: the median. */
  readonly batchSeconds: number;
}

/**
 * Times worker threads that score at the same time, as those of a run do.
 * @param entry the workers' program
 * @throws what the device throws where it can't be loaded or can't run a graph
 */
export async function scoreTogether(
  split: Split,
  task: TogetherTask,
  entry = fileURLToPath(new URL('./together-worker.js', import.meta.url)),
): Promise<TogetherSpeed> {
  const ready = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const workerData: WorkerTask = { ...task, ...split, ready };
  const workers = Array.from({ length: split.workers }, () => new Worker(entry, { workerData }));
  try {
    const all = await Promise.all(workers.map(ratesOf));
    return {
      imagesPerSecond: all.reduce(
        (sum, { seconds, batch }) => sum + (seconds.length * batch) / seconds.reduce((a, b) => a + b, 0),
        0,
      ),
      batchSeconds: spreadOf(all.flatMap(({ seconds }) => seconds)).median,
    };
  } finally {
    // Those that wait for one that failed would wait for ever.
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function ratesOf(worker: Worker): Promise<WorkerRates> {
  const ended = once(worker, 'exit').then(([code]) => {
    throw new Error(`a worker ended with exit code ${code} before it was timed`);
  });
  const [rates] = await Promise.race([once(worker, 'message'), ended]);
  return rates as WorkerRates;
}
