import { GrodinError } from '../../stages/errors.js';
import { loweringPresets } from '../../stages/lowerings/lowerings.js';
import { peakMemory } from '../../workers/peak-memory.js';
import { kindOf, planWorkers } from '../plan/workers.js';
import { Leases } from '../store/lease.js';
import { runDirectory } from '../store/run-directory.js';
import { describeSystemError } from '../system-error.js';
import { openRun } from '../waves/open-run.js';
import { CompiledModels } from './compiled-models.js';
import { conductRun } from './conduct.js';
import { startWorkers } from './devices.js';
import type { FromPool, PoolOrder, ToPool } from './messages.js';
import { resamplingThreads } from './resampling-threads.js';

const stopFlag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
const stop = new Int32Array(stopFlag);

process.on('message', (message: ToPool) => {
  if (message.kind === 'stop') Atomics.store(stop, 0, 1);
  else void work(message.order);
});
// Without its supervisor nobody would read the results; what is finished is on disk.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// A terminal sends these to the whole group: the supervisor decides, and says so by a message.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

async function work(order: PoolOrder): Promise<void> {
  try {
    const { devices } = order;
    const lowerings = loweringPresets[kindOf(devices).lowerings];
    const run = await openRun(order.experiment, runDirectory(order.out));
    const memory = await conductRun(run, {
      compiled: new CompiledModels(run.directory.compiled, order.cache, lowerings),
      workers: order.workers,
      memory: order.memory,
      startWorkers: (count) => {
        return startWorkers(planWorkers(devices, count), { precision: order.precision, stop: stopFlag });
      },
      leases: new Leases(run.directory.leases),
      reduce: order.reduce,
      // Ended with this process.
      resampler: resamplingThreads(order.workers),
      isStopped: () => Atomics.load(stop, 0) !== 0,
      onProgress: (progress) => void send({ kind: 'progress', progress }),
      onShard: () => void send({ kind: 'shard' }),
      note: (text) => void send({ kind: 'note', text }),
    });
    if (memory === null) await send({ kind: 'stopped' });
    else
      await send({
        kind: 'finished',
        memory: { ...memory, peakBytes: peakMemory() },
      });
  } catch (thrown) {
    const error = describeSystemError(thrown) ?? thrown;
    await send({
      kind: 'failed',
      error: error instanceof GrodinError ? error.kind : null,
      message: error instanceof Error ? error.message : String(error),
      stack: error instanceof Error ? (error.stack ?? null) : null,
    });
  }
  process.exit(0);
}

/** Resolves when the message has left this process. */
function send(message: FromPool): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, () => resolve());
  });
}
