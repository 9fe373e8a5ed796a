// In the main thread first: it sets a variable that native code sees only from there, and stays loaded when threads end.
import '../../workers/engines/onnxruntime.js';
import { formatDuration } from '../../manifests/input/duration.js';
import { deviceText, loweringsOf, stepsTogetherOn } from '../../workers/devices/device.js';
import { peakMemory } from '../../workers/peak-memory.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { graphUse } from '../graphs/graph-use.js';
import { joinRun } from '../opening/open-run.js';
import { kindOf, memoryUseOf, planWorkers } from '../plan/workers.js';
import { describeThrown } from '../processes/thrown.js';
import { resamplingThreads } from '../reduction/resampling-threads.js';
import { Leases } from '../store/lease.js';
import { AttemptRecord } from './attempts.js';
import { CompiledModels } from './compiled-models.js';
import { conductRun } from './conduct.js';
import { StaleDeviceError } from './device-record.js';
import { startWorkers } from './device-workers.js';
import type { FromPool, PoolOrder, ToPool } from './pool-messages.js';
import { ShardTrials } from './shard-trials.js';

/** How often the supervisor is told that this process answers. */
const ALIVE_MILLISECONDS = 5_000;

/** What a pool process may be made of. */
export interface PoolProgram {
  /** The workers' program. */
  readonly worker?: string;
}

/** Makes this process a pool: it waits for its supervisor's order, carries it out and ends. */
export function servePool(program: PoolProgram = {}): void {
  const stopFlag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const drain = new AbortController();
  process.on('message', (message: ToPool) => {
    if (message.kind === 'stop') Atomics.store(new Int32Array(stopFlag), 0, 1);
    else if (message.kind === 'drain') drain.abort();
    else void work(message, { stopFlag, drain: drain.signal }, program);
  });
  // Without its supervisor nobody would read the results; what is finished is on disk.
  const endIfAlone = (): void => {
    if (!process.connected) process.kill(process.pid, 'SIGKILL');
  };
  process.on('disconnect', endIfAlone);
  // It may have gone while this process loaded its modules.
  endIfAlone();
  // Terminals and schedulers send these to all processes of a job: the supervisor decides, and says so by a message.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('SIGHUP', () => {});
  process.on('SIGUSR2', () => {});
  setInterval(() => {
    endIfAlone();
    void send({ kind: 'alive' });
  }, ALIVE_MILLISECONDS);
}

/** How the supervisor ends the work before it is done. */
interface Ending {
  /** One int32, which the workers see too: not 0 where they are to drop what they are at. */
  readonly stopFlag: SharedArrayBuffer;
  /** Aborted where nothing more is to be begun. */
  readonly drain: AbortSignal;
}

async function work(
  { order, attempts, isRestart }: ToPool & { readonly kind: 'start' },
  { stopFlag, drain }: Ending,
  { worker }: PoolProgram,
): Promise<void> {
  const stop = new Int32Array(stopFlag);
  const note = (text: string) => void send({ kind: 'note', text });
  try {
    const { devices } = order;
    const kind = kindOf(devices);
    const lowerings = loweringsOf(kind, order.precision);
    const together = stepsTogetherOn(kind, order.experiment.stepsTogether);
    const run = await joinRun(order.experiment, runDirectory(order.out), order.content);
    const memory = await conductRun(run, {
      compiled: new CompiledModels(
        run.directory.compiled,
        order.cache,
        lowerings,
        graphUse(order.experiment, together),
      ),
      workers: order.workers,
      isRestart,
      views: order.views,
      memory: order.memory,
      maxPixels: order.maxPixels,
      memoryUse: memoryUseOf(devices),
      startWorkers: (count, decodingBytes) => {
        return startWorkers(planWorkers(devices, count), {
          precision: order.precision,
          decoding: { bytes: decodingBytes, maxPixels: order.maxPixels },
          stop: stopFlag,
          deadline: order.deadline * 1_000,
          onHang: (id) => void endHung(id, order),
          note,
          ...(worker === undefined ? {} : { entry: worker }),
        });
      },
      trials: new ShardTrials(
        new AttemptRecord(devices.map(deviceText), attempts),
        (event) => void send(event),
      ),
      leases: new Leases(run.directory.leases),
      reduce: order.reduce,
      lastWave: order.lastWave,
      wait: order.wait,
      share: order.share,
      // Ended with this process.
      resampler: resamplingThreads(order.workers),
      isStopped: () => drain.aborted || Atomics.load(stop, 0) !== 0,
      onProgress: (progress) => void send({ kind: 'progress', progress }),
      note,
    });
    if (memory === null) await send({ kind: 'stopped' });
    else
      await send({
        kind: 'finished',
        memory: { ...memory, peakBytes: peakMemory() },
      });
  } catch (thrown) {
    if (thrown instanceof StaleDeviceError) {
      await send({ kind: 'stale', how: thrown.message });
      process.exit(0);
    }
    await send({ kind: 'failed', thrown: describeThrown(thrown) });
  }
  process.exit(0);
}

/** Names the shard that hangs and ends this process: a thread in native code can't be ended alone, nor waited for. */
async function endHung(id: string, { deadline }: PoolOrder): Promise<void> {
  await send({ kind: 'hung', id, how: `no pass ended within ${formatDuration(deadline)}` });
  process.kill(process.pid, 'SIGKILL');
}

/** Resolves when the message has left this process. */
function send(message: FromPool): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, () => resolve());
  });
}
