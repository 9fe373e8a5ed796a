import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Precision } from '../../workers/devices/device.js';
import type { ShardAnswer, ShardTask, WorkerSetup } from '../../workers/task.js';
import type { PlannedWorker } from '../plan/workers.js';

/** One worker thread bound to one device. */
export interface DeviceWorker {
  score(task: ShardTask): Promise<ShardAnswer>;
}

/** How the workers of a process are started. */
export interface WorkerStart {
  readonly precision: Precision;
  /** One int32 that tells the workers to stop. */
  readonly stop: SharedArrayBuffer;
  /** The workers' program. */
  readonly entry?: string;
}

/**
 * Starts workers, each bound to its device for life. Each has a pool of its own, since a pool does not say which of its
 * threads takes a task.
 */
export function startWorkers(
  planned: readonly PlannedWorker[],
  { precision, stop, entry }: WorkerStart,
): readonly DeviceWorker[] {
  const opening = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  return planned.map(({ device, threads }) => {
    const setup: WorkerSetup = { device, precision, threads, stop, opening };
    const pool = new Piscina<ShardTask, ShardAnswer>({
      filename: entry ?? fileURLToPath(new URL('../../workers/worker.js', import.meta.url)),
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: setup,
    });
    return { score: (task) => pool.run(task) };
  });
}
