import { cpus } from 'node:os';
import type PQueue from 'p-queue';
import { RunFailedError } from '../stages/errors.js';
import type { Engine } from './engines/engine.js';
import type { ImageDecoding } from './load-batch.js';
import { scoreShard } from './score-shard.js';
import type { SessionCache } from './session-cache.js';
import { placeBelow, rowsDigest, shardIdentity } from './shard-identity.js';
import { ShardImages } from './shard-images.js';
import { takenOut } from './store/retried-shards.js';
import { runDirectory } from './store/run-directory.js';
import { encodeShard, type ShardOrigin } from './store/shard-file.js';
import type { ScoredShard, ShardAnswer, ShardTask } from './task.js';

/** What a worker thread keeps from task to task. Tasks have the engine in turn; the next one's images may be decoded meanwhile. */
export interface WorkerState {
  readonly engine: Engine;
  /** What the engine is called in a shard's identity. */
  readonly engineClass: string;
  readonly cache: SessionCache;
  readonly decoding: ImageDecoding;
  /** Lets one task at a time have the engine, in the order in which they came. */
  readonly turns: PQueue;
  readonly isStopped: () => boolean;
}

/**
 * Scores one shard.
 * @throws whatever goes wrong; see `answer-to.ts`
 */
export async function scoreTask(task: ShardTask, state: WorkerState): Promise<ScoredShard | ShardAnswer> {
  const started = performance.now();
  const { engine, engineClass, cache, decoding, turns, isStopped } = state;
  requireIdentity(task, engineClass);
  const directory = runDirectory(task.out);
  const origin: ShardOrigin = {
    identity: task.id,
    engine: engine.name,
    engineVersion: engine.version,
    provider: engine.provider,
    processor: `${process.arch} ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    batchSize: task.batchSize,
    stepsTogether: task.model.gradient.kind === 'grid' ? task.model.gradient.steps : 1,
    modelSha256: task.model.sha256,
  };
  const kept = (task.isRetried ? await takenOut(directory, origin) : null) ?? undefined;
  const scoring = { ...task, kept };
  const images = new ShardImages(scoring, decoding);
  const scores = await turns.add(async () =>
    isStopped() ? null : scoreShard(scoring, { images, passes: await cache.of(task.model), isStopped }),
  );
  if (scores === null) return { kind: 'stopped' };
  const paths = task.rows.map(({ path }) => placeBelow(task.folder, path));
  return {
    kind: 'scored',
    bytes: encodeShard({ ...scores, paths }, origin),
    tookOver: kept !== undefined,
    report: {
      id: task.id,
      images: task.rows.length,
      seconds: (performance.now() - started) / 1000,
      failures: scores.failures.map(({ row, message }) => ({ row, message })),
    },
  };
}

/**
 * Computes a shard's identity anew from what is about to be used.
 * @throws Error when it is not what the shard is called: another process has planned it from other files
 */
function requireIdentity(
  { id, model, identity, folder, rows, corrupt, ownClasses, ...cells }: ShardTask,
  engine: string,
): void {
  const { sha256, preprocess, epsilonScale, layers } = model;
  const { layerNorms: _, ...others } = identity;
  const norms = layers === undefined ? {} : ({ layerNorms: true } as const);
  const used = { ...others, ...norms, ownClasses, sha256, preprocess, epsilonScale, engine };
  if (shardIdentity(used, rowsDigest(folder, rows), cells, corrupt) === id) return;
  throw new RunFailedError(
    `shard ${id.slice(0, 12)}: it was planned from other files or settings than this process has; give all processes of a ` +
      'run the same files',
  );
}
