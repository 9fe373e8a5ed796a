import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { RunFailedError } from '../../stages/errors.js';
import { call } from '../../stages/setting.js';
import { answerTo } from '../../workers/answer-to.js';
import { deviceText, type Precision } from '../../workers/devices/device.js';
import { deviceKind } from '../../workers/devices/index.js';
import { unlockOpening } from '../../workers/engines/opening-lock.js';
import { publishScored } from '../../workers/publish-scored.js';
import type { DecodingLimits, ScoredShard, ShardAnswer, ShardTask, WorkerSetup } from '../../workers/task.js';
import type { PlannedWorker } from '../plan/workers.js';
import { cannotBeLoaded } from '../processes/own-files.js';
import { hangWatch } from './hang-watch.js';

/** What scores one shard at a time, in a thread that is bound to one device. */
export interface DeviceWorker {
  /** The device as `--device` writes it. */
  readonly device: string;
  /** @throws RunFailedError where the thread's program can't be loaded, so that no shard can be scored */
  score(task: ShardTask): Promise<ShardAnswer>;
  /** Gives back what the thread takes, where it takes this process's memory. */
  close(): Promise<void>;
}

/**
 * Shards of a GPU at once. A pass keeps its thread from everything else, so that a shard takes a step between two passes only:
 * it comes, its images are decoded, it has its passes, and its file is written. One is at each of these steps.
 * On the CPU they would share the cores that one fills.
 */
const SHARDS_AT_ONCE = 4;

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
 * Starts threads, each bound to its device for life. Each has a pool of its own, since a pool does not say which of its
 * threads takes a task. A thread that ends is replaced, with the same device; its tasks then count as thrown.
 * @returns a worker for each shard that a thread has at once
 */
export function startWorkers(
  planned: readonly PlannedWorker[],
  { precision, decoding, stop, deadline, onHang, note, entry }: WorkerStart,
): readonly DeviceWorker[] {
  const opening = newFlag();
  return planned.flatMap(({ device: bound, threads }, index): readonly DeviceWorker[] => {
    const number = index + 1;
    const ticks = newFlag();
    const device = deviceText(bound);
    const isGpu = deviceKind(bound.name).eachHas === 'gpu';
    // Where memory is bounded, what decodes shares one budget: the worker's own thread.
    const decoders = isGpu && decoding.bytes === null ? threads : 1;
    const setup: WorkerSetup = {
      ...{ device: bound, precision, threads, decoders, decoding },
      ...{ stop, number, ticks, opening },
    };
    const atOnce = isGpu ? SHARDS_AT_ONCE : 1;
    const pool = new Piscina<ShardTask, ScoredShard | ShardAnswer>({
      filename: entry ?? fileURLToPath(new URL('../../workers/worker.js', import.meta.url)),
      // The thread starts with its first task: one that can't load its program is then told apart from one that a task ends.
      minThreads: 0,
      maxThreads: 1,
      concurrentTasksPerWorker: atOnce,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: setup,
    });
    const watched = hangWatch(ticks, deadline);
    // In the order in which the thread lets them have the engine: the first of them is the one whose pass does not end.
    const inFlight = new Set<string>();
    let unloadable: RunFailedError | null = null;
    // Emitted where a thread ends that has no task: while its program was loaded, if any waits for it, or between two.
    pool.on('error', (error) => {
      if (inFlight.size === 0) {
        note(`the worker of ${device} ended (${error.message}); it is replaced`);
        return;
      }
      unloadable = programNotLoaded(error);
      // The pool would keep what waits for ever; this rejects it.
      void pool.destroy();
    });
    const run = async (task: ShardTask): Promise<ScoredShard | ShardAnswer> => {
      inFlight.add(task.id);
      try {
        return await pool.run(task);
      } catch (error) {
        // The thread may have ended while it opened a graph.
        unlockOpening(opening, number);
        throw unloadable ?? error;
      } finally {
        inFlight.delete(task.id);
      }
    };
    const worker: DeviceWorker = {
      device,
      score: async (task) => {
        const answer = await watched(
          () => run(task),
          () => onHang([...inFlight][0] ?? task.id),
        );
        return answer.kind === 'scored' ? publishScored(task, answer).catch(answerTo) : answer;
      },
      // Ending a thread that holds a GPU is the driver's business, and gives back little of this process's memory.
      close: async () => {
        if (deviceKind(bound.name).eachHas === 'cores') await pool.destroy();
      },
    };
    return Array<DeviceWorker>(atOnce).fill(worker);
  });
}

/** The other threads have the same files: no further attempt can help. */
function programNotLoaded(error: Error): RunFailedError {
  return new RunFailedError(`the worker program ${cannotBeLoaded(error)}, then ${call('again')}`, {
    cause: error,
  });
}

function newFlag(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}
