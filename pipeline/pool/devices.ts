import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { ShardAnswer, ShardTask, WorkerSetup } from '../../workers/task.js';

/** One worker thread bound to one device. */
export interface DeviceWorker {
  score(task: ShardTask): Promise<ShardAnswer>;
}

/**
 * Starts the CPU's workers and divides the cores among them. Each has a pool of its own, since a pool does not
 * say which of its threads takes a task.
 * @param count how many
 * @param stop one int32 that tells the workers to stop
 */
export function startCpuWorkers(count: number, stop: SharedArrayBuffer): readonly DeviceWorker[] {
  const cores = availableParallelism();
  const setup: WorkerSetup = { device: 'cpu', threads: Math.max(1, Math.floor(cores / count)), stop };
  return Array.from({ length: count }, () => {
    const pool = new Piscina<ShardTask, ShardAnswer>({
      filename: fileURLToPath(new URL('../../workers/worker.js', import.meta.url)),
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: setup,
    });
    return { score: (task) => pool.run(task) };
  });
}
