import { cpus } from 'node:os';
import PQueue from 'p-queue';
import { workerData } from 'piscina';
import { writeAtomically } from '../pipeline/store/atomic-file.js';
import { encodeShard } from '../pipeline/store/shard-file.js';
import { GrodinError } from '../stages/errors.js';
import { isAllocationFailure } from './allocation-failure.js';
import { deviceKind } from './devices/index.js';
import { endThreadBy } from './end-thread.js';
import { countingPasses } from './engines/counting-passes.js';
import { DeviceLostError } from './engines/device-lost.js';
import type { Engine } from './engines/engine.js';
import { openingOneAtATime } from './engines/one-at-a-time.js';
import { configureDecoder } from './images/configure-decoder.js';
import { imageFiles } from './images/image-file.js';
import type { ImageSource } from './images/source.js';
import { scoreShard } from './score-shard.js';
import { SessionCache } from './session-cache.js';
import type { ShardAnswer, ShardTask, WorkerSetup } from './task.js';

/** Images decoded at once by one worker, at most: enough to keep ahead of the engine. Memory bounds them too. */
const DECODED_AT_ONCE = 4;

/** What lives as long as the thread. Made by the first task, so that loading this file does nothing. */
let state: Promise<WorkerState> | undefined;

interface WorkerState {
  readonly engine: Engine;
  readonly cache: SessionCache;
  readonly source: ImageSource;
  readonly queue: PQueue;
  readonly isStopped: () => boolean;
}

/** The entry of a piscina worker: scores one shard and writes its file. */
export default async function work(task: ShardTask): Promise<ShardAnswer> {
  const started = performance.now();
  try {
    state ??= setUp(workerData as WorkerSetup);
    const { engine, cache, source, queue, isStopped } = await state;
    const sessions = await cache.of(task.model);
    const scores = await scoreShard(task, { engine, sessions, source, queue, isStopped });
    if (scores === null) return { kind: 'stopped' };
    const bytes = encodeShard(scores, {
      identity: task.id,
      engine: engine.name,
      engineVersion: engine.version,
      provider: engine.provider,
      processor: `${process.arch} ${cpus()[0]?.model.trim() ?? 'unknown'}`,
      batchSize: task.batchSize,
    });
    await writeAtomically(task.file, bytes);
    return {
      kind: 'finished',
      report: {
        id: task.id,
        images: task.rows.length,
        seconds: (performance.now() - started) / 1000,
        failedRows: scores.failures.map((failure) => failure.row),
      },
    };
  } catch (error) {
    if (error instanceof DeviceLostError) return endThreadBy(error);
    if (error instanceof GrodinError) return { kind: 'refused', message: error.message };
    if (isAllocationFailure(error)) return { kind: 'out-of-memory', message: String(error) };
    throw error;
  }
}

async function setUp(setup: WorkerSetup): Promise<WorkerState> {
  const { device, precision, threads, decoding, stop, number, opening } = setup;
  configureDecoder(1);
  const flag = new Int32Array(stop);
  const counter = new Int32Array(setup.ticks);
  const tick = (): void => {
    Atomics.add(counter, 0, 1);
  };
  const kind = deviceKind(device.name);
  const counting = countingPasses(await kind.load(device, precision), tick);
  const lock = { opening, number, onWait: tick };
  const engine = kind.eachHas === 'gpu' ? openingOneAtATime(counting, lock) : counting;
  return {
    engine,
    cache: new SessionCache(engine, { threads }),
    source: imageFiles({ decodingBytes: decoding.bytes, maxPixels: decoding.maxPixels }),
    queue: new PQueue({ concurrency: DECODED_AT_ONCE }),
    isStopped: () => Atomics.load(flag, 0) !== 0,
  };
}
