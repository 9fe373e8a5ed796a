import { rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { formatBytes } from '../../manifests/input/bytes.js';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { NoUsableImageError, RunFailedError } from '../../stages/errors.js';
import type { MemoryUse } from '../../workers/engines/memory-use.js';
import { type PlannedShard, passesPerImage } from '../../workers/store/planned-shard.js';
import { clearTemporaries } from '../../workers/store/run-directory.js';
import type { ShardTask } from '../../workers/task.js';
import { decodingPlanText, type MemoryPlan, type ModelMemory, memoryPlanText } from '../plan/memory.js';
import { nominalSeconds } from '../plan/nominal-work.js';
import type { Resampler } from '../reduction/resampler.js';
import type { Leases } from '../store/lease.js';
import { surveyShards } from '../store/survey.js';
import { BadImagesError, ImageRecord } from '../waves/bad-images.js';
import { differingImages, setDifferingAside } from '../waves/changed-images.js';
import { encodeErrors, gatherErrors } from '../waves/errors-table.js';
import { checksumsOf, finishRun, resultShards } from '../waves/finish-run.js';
import { isLatest, requireLatest } from '../waves/latest.js';
import type { OpenModel, OpenRun } from '../waves/opened.js';
import { imagesSeen, requireOwnImages } from '../waves/own-images.js';
import { requireMemory } from '../waves/plan-batch.js';
import { ensurePlanned, neededShards, type WavePasses } from '../waves/plan-wave.js';
import { areResultsCurrent, writeSelection } from '../waves/results.js';
import { chosenWave, searchWave, selectCells } from '../waves/select-cells.js';
import type { CompiledModels } from './compiled-models.js';
import type { DeviceWorker } from './devices.js';
import type { PoolOrder, Progress } from './messages.js';
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
  /** How the image files looked when the run was opened, see `PoolOrder`. */
  readonly views: PoolOrder['views'];
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
  const images = new ImageRecord();
  const origins = new Set<string>();
  const checksums = new Map<string, string>();
  const { seen, isKnown: known } = await imagesSeen(run, means.views);
  const multiplicationsOf = async (model: OpenModel): Promise<number> => {
    return (await means.compiled.of(model, run.experiment.batchSize)).description.multiplications;
  };

  const complete = async (wave: WavePasses): Promise<readonly PlannedShard[] | null> => {
    const tell = (progress: Partial<Progress> & Pick<Progress, 'stage'>): void => {
      const nothing = { done: 0, total: 0, workDone: 0, workTotal: 0 };
      means.onProgress({ wave: wave.wave, ...nothing, failedImages: images.failed, ...progress });
    };
    tell({ stage: 'planning' });
    const planned = await ensurePlanned(run, wave, multiplicationsOf);
    const shards = neededShards(run, wave, planned);
    // A shard's file may turn out damaged after it was written: then the round is run again.
    for (let round = 0; round < 3; round += 1) {
      await isLatest(run);
      const survey = await surveyShards(run, shards, (shard, { scores }) =>
        images.note(shard, scores.failures),
      );
      for (const origin of survey.origins) origins.add(origin);
      const problem = images.problem(run);
      if (problem !== null) throw await badImages(run, shards, problem);
      if (survey.missing.length === 0) {
        await requireOwnImages(run, survey.images, seen);
        if (round > 0 && survey.images.changed.length > 0) throw differingImages(run, survey.images.changed);
        if ((await setDifferingAside(run, shards, survey.images.changed, means.note)) > 0) continue;
        for (const [id, checksum] of survey.checksums) {
          if ((checksums.get(id) ?? checksum) !== checksum)
            throw new RunFailedError(
              `${run.directory.shard(id)}: was scored again after cells were chosen by it; run the same command again`,
            );
          checksums.set(id, checksum);
        }
        return planned;
      }
      workers ??= means.startWorkers(memory.workers, memory.decodingBytes);
      const stopped = !(await score(survey.missing, shards, tell));
      if (stopped) return null;
    }
    throw new RunFailedError(`shards of ${run.directory.path} don't stay as written; check the disk`);
  };

  /** Where a set has no usable image, its bad ones are what is to be mended. */
  const orBadImages = async <T>(shards: readonly PlannedShard[], work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NoUsableImageError)) throw error;
      throw await badImages(run, shards, error.message);
    }
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
    let tooManyBad = false;
    const finished = await workOff(missing, {
      workers: (workers ?? []).map((worker) => ({
        device: worker.device,
        score: async (shard: PlannedShard, batchSize: number) => {
          const model = models.get(shard.model);
          if (model === undefined) throw new RangeError(`no model ${shard.model}`);
          try {
            return await worker.score(await taskOf(run, means.compiled, model, shard, batchSize, known));
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
        if (shardReport !== null) images.note(shard, shardReport.failures);
        tooManyBad ||= images.problem(run) !== null;
        report();
      },
      note: means.note,
      isStopped: () => means.isStopped() || tooManyBad,
    });
    const here = missing.length - left - elsewhere;
    if (elsewhere > 0)
      means.note(
        `${here} ${here === 1 ? 'shard was' : 'shards were'} scored by this process, ${elsewhere} by others`,
      );
    // Surveyed once more by the caller, which then throws.
    return finished || (tooManyBad && !means.isStopped());
  };

  const { batchSize } = run.experiment;
  const takes: ModelMemory[] = [];
  for (const model of run.models) {
    const { memory: taken, description } = await means.compiled.of(model, batchSize);
    takes.push(taken);
    if (!means.isRestart) for (const text of description.notes) means.note(`${model.file}: ${text}`);
  }
  const memory = requireMemory(takes, batchSize, means.workers, means.memory, means.memoryUse);
  if (!means.isRestart) means.note(memoryPlanText(memory));
  const leftOut = decodingPlanText(memory, means.maxPixels);
  if (!means.isRestart && leftOut !== null) means.note(leftOut);
  if (!means.isRestart && memory.allowedBytes === null && memory.plannedBytes > totalmem())
    means.note(`memory: this machine has ${formatBytes(totalmem())}; bound the run with --memory`);
  const search = searchWave(run);
  const first = await complete(search);
  if (first === null) return null;
  means.onProgress({ ...idle(images.failed), stage: 'selecting', wave: 1 });
  const selected = await orBadImages(first, () => selectCells({ ...run, checksums }, first));
  await isLatest(run);
  await writeSelection(run, selected.rows);
  const second = await complete(chosenWave(run, selected.rows));
  if (second === null) return null;
  // Of processes that were killed while this one went on.
  await clearTemporaries(run.directory);
  if (means.reduce) {
    await requireLatest(run);
    means.onProgress({ ...idle(images.failed), stage: 'reducing', wave: 2 });
    // The threads that resample would come on top of those that scored.
    for (const worker of workers ?? []) await worker.close();
    const reduced = await oneAtATime(means.leases, {
      name: 'reduction',
      does: 'computes metrics and tables',
      isDone: () => areResultsCurrent(run, checksumsOf(resultShards(run, second, selected.rows), checksums)),
      work: () => orBadImages(second, () => finishRun(run, second, selected, checksums, means.resampler)),
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

/** Writes the errors of what is finished, so that every image that failed can be found. */
async function badImages(
  run: OpenRun,
  shards: readonly PlannedShard[],
  problem: string,
): Promise<BadImagesError> {
  const rows = await gatherErrors(run, shards);
  // The results that may be there are not whole any more.
  if (await isLatest(run)) {
    await rm(run.directory.finished, { force: true });
    await writeAtomically(run.directory.errors, encodeErrors(rows));
  }
  return new BadImagesError(problem, rows);
}

async function taskOf(
  run: OpenRun,
  compiled: CompiledModels,
  model: OpenModel,
  shard: PlannedShard,
  batchSize: number,
  isKnown: (set: string, row: number) => boolean,
): Promise<ShardTask> {
  const manifest = run.manifestOf(shard.set);
  return {
    id: shard.id,
    out: run.directory.path,
    model: (await compiled.of(model, batchSize)).task,
    identity: model.identity,
    folder: dirname(manifest?.file ?? ''),
    rows: Array.from(shard.rows, (row) => {
      const found = manifest?.rows[row];
      if (found === undefined) throw new RangeError(`set ${shard.set} has no row ${row}`);
      return { ...found, isKnown: isKnown(shard.set, row) };
    }),
    cells: shard.cells,
    forwardTemperatures: shard.forwardTemperatures,
    batchSize,
  };
}
