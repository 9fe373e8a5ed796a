import { totalmem } from 'node:os';
import type { MemoryUse } from '../../workers/engines/memory-use.js';
import type { ShardTask } from '../../workers/task.js';
import { RunFailedError } from '../errors.js';
import { formatBytes } from '../input/bytes.js';
import { decodingPlanText, type MemoryPlan, type ModelMemory, memoryPlanText } from '../plan/memory.js';
import { nominalSeconds } from '../plan/nominal-work.js';
import { type PlannedShard, passesPerImage } from '../plan/planned-shard.js';
import type { Resampler } from '../reduction/resampler.js';
import { removeStaleTemporaries } from '../store/atomic-file.js';
import type { Leases } from '../store/lease.js';
import { imageKey, surveyShards } from '../store/shard-store.js';
import { checkBadImages } from '../waves/bad-images.js';
import { checkLabels } from '../waves/check-labels.js';
import { finishRun, resultShards } from '../waves/finish-run.js';
import type { OpenModel, OpenRun } from '../waves/open-run.js';
import { requireMemory } from '../waves/plan-batch.js';
import { allShards, ensurePlanned, neededShards, type WavePasses } from '../waves/plan-wave.js';
import { areResultsCurrent, writeSelection } from '../waves/results.js';
import { chosenWave, searchWave, selectCells } from '../waves/select-cells.js';
import type { CompiledModels } from './compiled-models.js';
import type { DeviceWorker } from './devices.js';
import type { Progress } from './messages.js';
import { oneAtATime } from './one-at-a-time.js';
import { shardClaims } from './shard-claims.js';
import { shardName } from './shard-name.js';
import { workOff } from './shard-queue.js';
import type { ShardTrials } from './shard-trials.js';

/** Where a run's work is done and told. */
export interface ConductMeans {
  readonly compiled: CompiledModels;
  /** Workers, at most. */
  readonly workers: number;
  /** Whether a pool process was there before, which has told what is planned. */
  readonly isRestart: boolean;
  /** Bytes that this process may take, or null where they are not bounded. */
  readonly memory: number | null;
  /** Images of more pixels are not decoded. */
  readonly maxPixels: number;
  /** What the engine takes of it. */
  readonly memoryUse: MemoryUse;
  /**
   * Starts so many workers, each of which may take so many bytes for decoding; called once, when the first shard is
   * missing.
   */
  readonly startWorkers: (count: number, decodingBytes: number | null) => readonly DeviceWorker[];
  readonly trials: ShardTrials;
  /** By which this process and others divide the shards; closed at the end. */
  readonly leases: Leases;
  /** Whether metrics and tables are made from the scores, or left to another process. */
  readonly reduce: boolean;
  readonly resampler: Resampler;
  readonly isStopped: () => boolean;
  readonly onProgress: (progress: Progress) => void;
  readonly note: (text: string) => void;
}

/**
 * Takes a run from wherever it is to its end: wave 1, selection, wave 2, reduction. Everything finished is
 * kept, and what other processes do is not done here.
 * @returns what memory was planned, or null when it was stopped
 * @throws InputError when not even one worker fits in the memory allowed
 */
export async function conductRun(run: OpenRun, means: ConductMeans): Promise<MemoryPlan | null> {
  try {
    return await conduct(run, means);
  } finally {
    await means.leases.close();
  }
}

async function conduct(run: OpenRun, means: ConductMeans): Promise<MemoryPlan | null> {
  const claim = shardClaims(run.directory, means.leases, means.note);
  let workers: ReturnType<ConductMeans['startWorkers']> | undefined;
  const failures = new Map<string, string>();
  const origins = new Set<string>();
  const multiplicationsOf = async (model: OpenModel): Promise<number> => {
    return (await means.compiled.of(model, run.experiment.batchSize)).description.multiplications;
  };

  const complete = async (wave: WavePasses): Promise<readonly PlannedShard[] | null> => {
    const tell = (progress: Partial<Progress> & Pick<Progress, 'stage'>): void => {
      const nothing = { done: 0, total: 0, workDone: 0, workTotal: 0 };
      means.onProgress({ wave: wave.wave, ...nothing, failedImages: failures.size, ...progress });
    };
    tell({ stage: 'planning' });
    const planned = allShards(await ensurePlanned(run, wave, multiplicationsOf));
    const shards = neededShards(run, wave, planned);
    // A shard's file may turn out damaged after it was written: then the round is run again.
    for (let round = 0; round < 3; round += 1) {
      const survey = await surveyShards(run.directory, shards);
      for (const [image, message] of survey.failures) failures.set(image, message);
      for (const origin of survey.origins) origins.add(origin);
      checkBadImages(run, failures);
      if (survey.missing.length === 0) return planned;
      workers ??= means.startWorkers(memory.workers, memory.decodingBytes);
      const stopped = !(await score(survey.missing, shards, tell));
      if (stopped) return null;
    }
    throw new RunFailedError(`shards of ${run.directory.path} don't stay as written; check the disk`);
  };

  const score = async (
    missing: readonly PlannedShard[],
    shards: readonly PlannedShard[],
    tell: (progress: Omit<Progress, 'wave' | 'failedImages'>) => void,
  ): Promise<boolean> => {
    const models = new Map(run.models.map((model) => [model.name, model]));
    const sets = new Map(run.sets.map(({ name, rows }) => [name, rows]));
    const work = new Map<string, number>();
    for (const shard of shards) {
      const model = models.get(shard.model);
      const cost = model === undefined ? 0 : await multiplicationsOf(model);
      work.set(shard.id, nominalSeconds(passesPerImage(shard), cost) * shard.rows.length);
    }
    const sum = (ids: Iterable<string>): number =>
      [...new Set(ids)].reduce((total, id) => total + (work.get(id) ?? 0), 0);
    let left = missing.length;
    let workLeft = sum(missing.map((shard) => shard.id));
    const total = work.size;
    const workTotal = sum(work.keys());
    const report = () =>
      tell({ stage: 'scoring', done: total - left, total, workDone: workTotal - workLeft, workTotal });
    report();
    let elsewhere = 0;
    let tooManyBad: unknown = null;
    const finished = await workOff(missing, {
      workers: (workers ?? []).map((worker) => ({
        device: worker.device,
        score: async (shard: PlannedShard, batchSize: number) => {
          const model = models.get(shard.model);
          if (model === undefined) throw new RangeError(`no model ${shard.model}`);
          try {
            return await worker.score(await taskOf(run, means.compiled, model, shard, batchSize));
          } finally {
            // By now its file is in place, or somebody may try again.
            await means.leases.release(shard.id);
          }
        },
      })),
      batchSize: run.experiment.batchSize,
      claim,
      trials: means.trials,
      nameOf: (shard) => shardName(shard, sets.get(shard.set)),
      onFinished: (shard, shardReport) => {
        left -= 1;
        if (shardReport === null) elsewhere += 1;
        workLeft -= work.get(shard.id) ?? 0;
        for (const row of shardReport?.failedRows ?? []) {
          failures.set(imageKey(shard, row), failures.get(imageKey(shard, row)) ?? 'see its error row');
        }
        try {
          checkBadImages(run, failures);
        } catch (error) {
          tooManyBad ??= error;
        }
        report();
      },
      note: means.note,
      isStopped: () => means.isStopped() || tooManyBad !== null,
    });
    const here = missing.length - left - elsewhere;
    if (elsewhere > 0)
      means.note(
        `${here} ${here === 1 ? 'shard was' : 'shards were'} scored by this process, ${elsewhere} by others`,
      );
    // Surveyed once more by the caller, which then throws with the first message.
    return finished || (tooManyBad !== null && !means.isStopped());
  };

  const { batchSize } = run.experiment;
  const takes: ModelMemory[] = [];
  for (const model of run.models) takes.push((await means.compiled.of(model, batchSize)).memory);
  const memory = requireMemory(takes, batchSize, means.workers, means.memory, means.memoryUse);
  if (!means.isRestart) means.note(memoryPlanText(memory));
  const leftOut = decodingPlanText(memory, means.maxPixels);
  if (!means.isRestart && leftOut !== null) means.note(leftOut);
  if (!means.isRestart && memory.allowedBytes === null && memory.plannedBytes > totalmem())
    means.note(`memory: this machine has ${formatBytes(totalmem())}; bound the run with --memory`);
  for (const model of run.models) {
    const { classes } = (await means.compiled.of(model, run.experiment.batchSize)).description;
    for (const set of run.sets) checkLabels(model.name, classes, set.rows);
  }
  const search = searchWave(run);
  const first = await complete(search);
  if (first === null) return null;
  means.onProgress({ ...idle(failures.size), stage: 'selecting', wave: 1 });
  const selected = await selectCells(run, first);
  await writeSelection(run.directory, selected.rows);
  const second = await complete(chosenWave(run, selected.rows));
  if (second === null) return null;
  // Of processes that were killed while this one went on.
  await removeStaleTemporaries(run.directory.shards);
  if (means.reduce) {
    means.onProgress({ ...idle(failures.size), stage: 'reducing', wave: 2 });
    // The threads that resample would come on top of those that scored.
    for (const worker of workers ?? []) await worker.close();
    const reduced = await oneAtATime(means.leases, {
      name: 'reduction',
      does: 'computes metrics and tables',
      isDone: () => areResultsCurrent(run, resultShards(run, second, selected.rows)),
      work: () => finishRun(run, second, selected, means.resampler),
      isStopped: means.isStopped,
      note: means.note,
    });
    if (!reduced) return null;
  }
  if (origins.size > 1) {
    means.note(
      `the scores were made in ${origins.size} ways, which agree within tolerances but not to the bit: ` +
        [...origins].sort().join('; '),
    );
  }
  return memory;
}

function idle(failedImages: number) {
  return { done: 0, total: 0, workDone: 0, workTotal: 0, failedImages };
}

async function taskOf(
  run: OpenRun,
  compiled: CompiledModels,
  model: OpenModel,
  shard: PlannedShard,
  batchSize: number,
): Promise<ShardTask> {
  const rows = run.sets.find((set) => set.name === shard.set)?.rows.rows ?? [];
  return {
    id: shard.id,
    file: run.directory.shard(shard.id),
    model: (await compiled.of(model, batchSize)).task,
    rows: Array.from(shard.rows, (row) => {
      const found = rows[row];
      if (found === undefined) throw new RangeError(`set ${shard.set} has no row ${row}`);
      return found;
    }),
    cells: shard.cells,
    forwardTemperatures: shard.forwardTemperatures,
    batchSize,
  };
}
