import PQueue from 'p-queue';
import type { Experiment } from '../../pipeline/experiment/experiment.js';
import { graphUse } from '../../pipeline/graphs/graph-use.js';
import { joinRun } from '../../pipeline/opening/open-run.js';
import { kindOf, memoryUseOf } from '../../pipeline/plan/workers.js';
import { AttemptRecord } from '../../pipeline/pool/attempts.js';
import { CompiledModels } from '../../pipeline/pool/compiled-models.js';
import { conductRun } from '../../pipeline/pool/conduct.js';
import type { PoolOrder } from '../../pipeline/pool/pool-messages.js';
import { ShardTrials } from '../../pipeline/pool/shard-trials.js';
import type { Supervised, Supervision } from '../../pipeline/pool/supervisor.js';
import { resampleHere } from '../../pipeline/reduction/resampler.js';
import {
  type RunOptions,
  type RunOutcome,
  runBy,
  runWithoutReducingBy,
  type ScoringOptions,
  type ScoringOutcome,
} from '../../pipeline/run.js';
import { Leases } from '../../pipeline/store/lease.js';
import { InterruptedError } from '../../stages/errors.js';
import { answerTo } from '../../workers/answer-to.js';
import { BatchMemory } from '../../workers/batch-memory.js';
import { deviceText, engineClass, loweringsOf, stepsTogetherOn } from '../../workers/devices/device.js';
import { imageFiles } from '../../workers/images/image-file.js';
import { publishScored } from '../../workers/publish-scored.js';
import { scoreTask, type WorkerState } from '../../workers/score-task.js';
import { SessionCache } from '../../workers/session-cache.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import type { ShardTask } from '../../workers/task.js';

/**
 * A whole `grodin run` inside this process, with one worker and no process or thread of its own, so that several can be
 * interleaved step by step.
 */
export function runInProcess(
  experiment: Experiment,
  options: RunOptions,
  watch: ScoringWatch = {},
): Promise<RunOutcome> {
  return runBy(scoringHere(watch), experiment, { ...options, cache: null });
}

/** The same without metrics and tables, and maybe of the first wave alone. */
export function scoreInProcess(
  experiment: Experiment,
  options: ScoringOptions,
  watch: ScoringWatch = {},
): Promise<ScoringOutcome> {
  return runWithoutReducingBy(scoringHere(watch), experiment, { ...options, cache: null });
}

/** Follows what is scored, and may end it. */
export interface ScoringWatch {
  /** Told of each shard that was scored and published. */
  readonly onScored?: (task: ShardTask) => void;
  /** Whether nothing more is to be begun. */
  readonly isStopped?: () => boolean;
}

function scoringHere(watch: ScoringWatch) {
  return (order: PoolOrder, supervision: Supervision = {}) => scoreHere(order, supervision, watch);
}

async function scoreHere(
  order: PoolOrder,
  { onNote }: Supervision,
  { onScored, isStopped = () => false }: ScoringWatch,
): Promise<Supervised> {
  const { devices, precision } = order;
  const kind = kindOf(devices);
  const lowerings = loweringsOf(kind, precision);
  const together = stepsTogetherOn(kind, order.experiment.stepsTogether);
  const [device] = devices;
  if (device === undefined) throw new RangeError('no device');
  const run = await joinRun(order.experiment, runDirectory(order.out), order.content);
  const engine = await kind.load(device, precision);
  const state: WorkerState = {
    engine,
    engineClass: engineClass(kind, precision),
    cache: new SessionCache(engine, { threads: 1 }),
    decoding: { source: imageFiles(), queue: new PQueue({ concurrency: 1 }), memory: new BatchMemory() },
    turns: new PQueue({ concurrency: 1 }),
    isStopped,
  };
  const memory = await conductRun(run, {
    compiled: new CompiledModels(
      run.directory.compiled,
      order.cache,
      lowerings,
      graphUse(order.experiment, together),
    ),
    workers: 1,
    isRestart: false,
    views: order.views,
    memory: order.memory,
    maxPixels: order.maxPixels,
    memoryUse: memoryUseOf(devices),
    startWorkers: () => [
      {
        device: deviceText(device),
        score: (task) =>
          scoreTask(task, state)
            .then(async (answer) => {
              const published = answer.kind === 'scored' ? await publishScored(task, answer) : answer;
              if (published.kind === 'finished') onScored?.(task);
              return published;
            })
            .catch(answerTo),
        close: async () => {},
      },
    ],
    trials: new ShardTrials(new AttemptRecord([deviceText(device)]), () => {}),
    leases: new Leases(run.directory.leases),
    reduce: order.reduce,
    lastWave: order.lastWave,
    wait: order.wait,
    share: order.share,
    resampler: resampleHere,
    isStopped,
    onProgress: () => {},
    note: (text) => onNote?.(text),
  });
  if (memory === null) throw new InterruptedError('stopped');
  return { memory: { ...memory, peakBytes: 0 }, leftOut: [] };
}
