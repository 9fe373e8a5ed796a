import { graphMemory } from '../../stages/graph/memory.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import type { Model } from '../../stages/onnx/model.js';
import type { MemoryUse } from '../../workers/engines/memory-use.js';
import { InputError } from '../errors.js';
import type { Experiment, ExperimentModel, PlannedExperiment } from '../experiment/experiment.js';
import { graphKinds } from '../graphs/compiled-graphs.js';
import { formatBytes } from '../input/bytes.js';
import { naming, readModel } from '../model/read-model.js';
import {
  chooseBatch,
  LARGEST_BATCH,
  type MemoryPlan,
  type ModelMemory,
  planMemory,
  poolBytes,
} from '../plan/memory.js';
import { readRevisions } from '../store/revisions.js';
import type { RunDirectory } from '../store/run-directory.js';

/** An experiment whose batch size is settled. */
export interface BatchPlan {
  readonly experiment: PlannedExperiment;
  /** Why the batch size is not what the memory would give, where a user may wonder. */
  readonly note: string | null;
}

/** What an experiment is run with. */
export interface BatchMeans {
  readonly workers: number;
  /** Memory for the pool process, or null where it isn't bounded. */
  readonly allowedBytes: number | null;
  /** The class of engine. */
  readonly engine: string;
  readonly lowerings: Lowerings;
  /** What the engine takes of a process's memory. */
  readonly memoryUse: MemoryUse;
}

/**
 * Settles the batch size of an experiment, which is part of every shard's identity: as the experiment says; else as
 * the run has it already, whatever the memory is now; else as many images as fit in memory.
 * @throws InputError when not even one image at once fits, or a model can't be compiled
 */
export async function planBatch(
  experiment: Experiment,
  directory: RunDirectory,
  { workers, allowedBytes, engine, lowerings, memoryUse }: BatchMeans,
): Promise<BatchPlan> {
  const { memory: _, device: __, workers: ___, maxPixels: ____, batchSize, ...rest } = experiment;
  const settled = (size: number, note: string | null = null): BatchPlan => {
    return { experiment: { ...rest, batchSize: size, engine }, note };
  };
  if (batchSize !== null) return settled(batchSize);
  const former = (await readRevisions(directory)).at(-1)?.experiment.batchSize;
  if (former !== undefined) {
    const note = `memory: batches of ${former} are kept, as this run was begun; --memory bounds only how many workers run`;
    return settled(former, allowedBytes === null ? null : note);
  }
  if (allowedBytes === null) return settled(LARGEST_BATCH);
  const decoded = await Promise.all(
    experiment.models.map(async (model) => ({ model, content: await readModel(model.file) })),
  );
  const memoryAt = (size: number) =>
    decoded.map(({ model, content }) => memoryOf(model, content, size, lowerings));
  const chosen = chooseBatch(memoryAt, workers, allowedBytes, memoryUse);
  if (chosen !== null) return settled(chosen);
  const least = decoded.map(({ model, content }) => {
    return { name: model.name, bytes: poolBytes([memoryOf(model, content, 1, lowerings)], 1, 1, memoryUse) };
  });
  const largest = least.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  throw new InputError(
    `--memory, or "memory" of the experiment: ${formatBytes(allowedBytes)} are too few: model "${largest.name}" needs about ` +
      `${formatBytes(largest.bytes)} for one worker with one image at once; allow at least that much`,
  );
}

function memoryOf(
  { file, parameters, tie, untie }: ExperimentModel,
  content: Model,
  batch: number,
  lowerings: Lowerings,
): ModelMemory {
  return naming(file, () =>
    Object.values(graphKinds).map((compile) => {
      return graphMemory(compile(content, { parameters, tie, untie, batch, lowerings }), batch);
    }),
  );
}

/**
 * How the memory of a run is spent when its batch size is settled.
 * @throws InputError when not even one worker fits
 */
export function requireMemory(
  models: readonly ModelMemory[],
  batchSize: number,
  workers: number,
  allowedBytes: number | null,
  memoryUse: MemoryUse,
): MemoryPlan {
  const plan = planMemory(models, batchSize, workers, allowedBytes, memoryUse);
  if (plan !== null) return plan;
  const needed = formatBytes(poolBytes(models, batchSize, 1, memoryUse));
  throw new InputError(
    `--memory, or "memory" of the experiment: ${formatBytes(allowedBytes ?? 0)} are too few for "batchSize" ${batchSize}, which needs about ${needed} ` +
      'with one worker; allow at least that much, or start another run with a smaller "batchSize", or with none',
  );
}
