import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { deviceText, type Precision } from '../../workers/devices/device.js';
import { deviceKind } from '../../workers/devices/index.js';
import { unlockOpening } from '../../workers/engines/one-at-a-time.js';
import type { DecodingLimits, ShardAnswer, ShardTask, WorkerSetup } from '../../workers/task.js';
import type { PlannedWorker } from '../plan/workers.js';
import { hangWatch } from './hang-watch.js';

/** One worker thread bound to one device. */
export interface DeviceWorker {
  /** The device as `--device` writes it. */
  readonly device: string;
  score(task: ShardTask): Promise<ShardAnswer>;
  /** Gives back what the worker takes, where it takes this process's memory. */
  close(): Promise<void>;
}

/** How the workers of a process are started. */
export interface WorkerStart {
  readonly precision: Precision;
  readonly decoding: DecodingLimits;
  /** One int32 that tells the workers to stop. */
  readonly stop: SharedArrayBuffer;
  /** Milliseconds that a pass, or opening a graph, may take. */
  readonly deadline: number;
  /** Called when one takes longer, with the shard: only the end of the process ends that. */
  readonly onHang: (shard: string) => void;
  readonly note: (text: string) => void;
  /** The workers' program. */
  readonly entry?: string;
}

/**
 * Starts workers, each bound to its device for life. Each has a pool of its own, since a pool does not say which of its
 * threads takes a task. A thread that ends is replaced, with the same device; its task then counts as thrown.
 */
export function startWorkers(
  planned: readonly PlannedWorker[],
  { precision, decoding, stop, deadline, onHang, note, entry }: WorkerStart,
): readonly DeviceWorker[] {
  const opening = newFlag();
  return planned.map(({ device: bound, threads }, index) => {
    const number = index + 1;
    const ticks = newFlag();
    const device = deviceText(bound);
    const setup: WorkerSetup = { device: bound, precision, threads, decoding, stop, number, ticks, opening };
    const pool = new Piscina<ShardTask, ShardAnswer>({
      filename: entry ?? fileURLToPath(new URL('../../workers/worker.js', import.meta.url)),
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: setup,
    });
    // Of a thread that ended between two tasks.
    pool.on('error', (error) => note(`the worker of ${device} ended (${error.message}); it is replaced`));
    const watched = hangWatch(ticks, deadline);
    return {
      device,
      score: (task) =>
        watched(
          () => pool.run(task).finally(() => unlockOpening(opening, number)),
          () => onHang(task.id),
        ),
      // Ending a thread that holds a GPU is the driver's business, and gives back little of this process's memory.
      close: async () => {
        if (deviceKind(bound.name).eachHas === 'cores') await pool.destroy();
      },
    };
  });
}

function newFlag(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}
