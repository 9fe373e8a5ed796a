import PQueue from 'p-queue';
import { workerData } from 'piscina';
import { answerTo } from './answer-to.js';
import { BatchMemory } from './batch-memory.js';
import { engineClass } from './devices/device.js';
import { deviceKind } from './devices/index.js';
import { countingPasses } from './engines/counting-passes.js';
import { DeviceLostError } from './engines/engine.js';
import { openingOneAtATime } from './engines/opening-lock.js';
import { configureDecoder } from './images/configure-decoder.js';
import { imagesByThreads } from './images/decoding-threads.js';
import { imageFiles } from './images/image-file.js';
import type { ImageDecoding } from './load-batch.js';
import { publishScored } from './publish-scored.js';
import { scoreTask, type WorkerState } from './score-task.js';
import { SessionCache } from './session-cache.js';
import type { DecodingLimits, ScoredShard, ShardAnswer, ShardTask, WorkerSetup } from './task.js';

/** Images decoded at once by one worker, at most: enough to keep ahead of the engine. Memory bounds them too. */
const DECODED_AT_ONCE = 4;

/** Images that a worker hands out to threads that decode for it: the next batches of both of its shards. */
const HANDED_OUT = 128;

/** What lives as long as the thread. Made by the first task, so that loading this file does nothing. */
let state: Promise<WorkerState> | undefined;

/** The entry of a piscina worker: scores one shard, and publishes its file unless a GPU's passes keep the thread from that. */
export default async function work(task: ShardTask): Promise<ScoredShard | ShardAnswer> {
  try {
    const setup = workerData as WorkerSetup;
    state ??= setUp(setup);
    const answer = await scoreTask(task, await state);
    const isLeft = answer.kind !== 'scored' || deviceKind(setup.device.name).eachHas === 'gpu';
    return isLeft ? answer : await publishScored(task, answer);
  } catch (error) {
    if (error instanceof DeviceLostError) return endThreadBy(error);
    return answerTo(error);
  }
}

async function setUp(setup: WorkerSetup): Promise<WorkerState> {
  const { device, precision, threads, decoders, decoding, stop, number, opening } = setup;
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
    decoding: decoders > 1 ? byThreads(decoders, decoding) : alone(decoding),
    turns: new PQueue({ concurrency: 1 }),
    isStopped: () => Atomics.load(flag, 0) !== 0,
  };
}

function byThreads(threads: number, { maxPixels }: DecodingLimits): ImageDecoding {
  return {
    source: imagesByThreads(threads, HANDED_OUT, { maxPixels }),
    queue: new PQueue({ concurrency: HANDED_OUT }),
    memory: new BatchMemory('shared'),
  };
}

function alone({ bytes, maxPixels }: DecodingLimits): ImageDecoding {
  return {
    source: imageFiles({ decodingBytes: bytes, maxPixels }),
    queue: new PQueue({ concurrency: DECODED_AT_ONCE }),
    memory: new BatchMemory(),
  };
}

/**
 * Ends this thread by an error that nobody catches: so the pool rejects the task at hand with that error, and starts
 * another thread in its place.
 * @returns a promise that is never settled
 */
function endThreadBy(error: Error): Promise<never> {
  setImmediate(() => {
    throw error;
  });
  return new Promise(() => {});
}
