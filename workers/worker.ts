import { cpus } from 'node:os';
import PQueue from 'p-queue';
import { workerData } from 'piscina';
import { RunFailedError } from '../pipeline/errors.js';
import { runDirectory } from '../pipeline/store/run-directory.js';
import { encodeShard } from '../pipeline/store/shard-file.js';
import { publishShard } from '../pipeline/store/shard-store.js';
import { GrodinError } from '../stages/errors.js';
import { isAllocationFailure } from './allocation-failure.js';
import { engineClass } from './devices/device.js';
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
import { rowsDigest, shardIdentity } from './shard-identity.js';
import type { ShardAnswer, ShardTask, WorkerSetup } from './task.js';

/** Images decoded at once by one worker: enough to keep ahead of the engine, few enough to hold in memory. */
const DECODED_AT_ONCE = 4;

/** What lives as long as the thread. Made by the first task, so that loading this file does nothing. */
let state: Promise<WorkerState> | undefined;

interface WorkerState {
  readonly engine: Engine;
  /** What the engine is called in a shard's identity. */
  readonly engineClass: string;
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
    const { engine, engineClass: scoredBy, cache, source, queue, isStopped } = await state;
    requireIdentity(task, scoredBy);
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
    await publishShard(runDirectory(task.out), task.id, bytes);
    return {
      kind: 'finished',
      report: {
        id: task.id,
        images: task.rows.length,
        seconds: (performance.now() - started) / 1000,
        failures: scores.failures.map(({ row, message }) => ({ row, message })),
      },
    };
  } catch (error) {
    if (error instanceof DeviceLostError) return endThreadBy(error);
    if (error instanceof GrodinError) return { kind: 'refused', message: error.message };
    if (isAllocationFailure(error)) return { kind: 'out-of-memory', message: String(error) };
    throw error;
  }
}

/**
 * Computes a shard's identity anew from what is about to be used.
 * @throws Error when it is not what the shard is called: another process has planned it from other files
 */
function requireIdentity({ id, model, identity, folder, rows, ...cells }: ShardTask, engine: string): void {
  const { sha256, preprocess, epsilonScale } = model;
  const used = { ...identity, sha256, preprocess, epsilonScale, engine };
  if (shardIdentity(used, rowsDigest(folder, rows), cells) === id) return;
  throw new RunFailedError(
    `shard ${id.slice(0, 12)}: it was planned from other files or settings than this process has; give all processes of a ` +
      'run the same files',
  );
}

async function setUp(setup: WorkerSetup): Promise<WorkerState> {
  const { device, precision, threads, stop, number, opening } = setup;
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
    engineClass: engineClass(kind, precision),
    cache: new SessionCache(engine, { threads }),
    source: imageFiles(),
    queue: new PQueue({ concurrency: DECODED_AT_ONCE }),
    isStopped: () => Atomics.load(flag, 0) !== 0,
  };
}
