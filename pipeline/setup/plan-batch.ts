import { formatBytes } from '../../manifests/input/bytes.js';
import { InputError } from '../../stages/errors.js';
import type { Model } from '../../stages/onnx/model.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { setting } from '../../stages/setting.js';
import type { MemoryUse } from '../../workers/engines/memory-use.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { Experiment, ExperimentModel, PlannedExperiment } from '../experiment/experiment.js';
import { keptByWave } from '../experiment/kept-logits.js';
import { parameterPatterns } from '../experiment/parameter-patterns.js';
import { graphsInUse, memoryOfGraphs } from '../graphs/compiled-graphs.js';
import { graphUse } from '../graphs/graph-use.js';
import { naming, readModel } from '../model/read-model.js';
import { keptRowsMemory } from '../plan/kept-rows.js';
import {
  chooseBatch,
  LARGEST_BATCH,
  type MemoryPlan,
  type ModelMemory,
  planMemory,
  poolBytes,
} from '../plan/memory-plan.js';
import { readRevisions } from '../store/revisions.js';
import type { RunSetup } from './run-setup.js';

/** An experiment whose batch size and layout are settled. */
export interface BatchPlan {
  readonly experiment: PlannedExperiment;
  /** What to tell the user, where batch size or layout are not what `--memory` suggests; else null. */
  readonly note: string | null;
}

/** What the batch size of a run depends on besides its models. */
export interface BatchSetup
  extends Pick<RunSetup, 'workers' | 'engine' | 'lowerings' | 'stepsTogether' | 'memoryUse'> {
  /** Memory for the pool process, or null where it isn't bounded. */
  readonly allowedBytes: number | null;
  /** Finds the memory of the smallest device, or null where it is unknown; left out where it isn't a limit. */
  readonly deviceBytes?: (() => Promise<number | null>) | undefined;
}

/**
 * Settles what is part of every shard's identity besides the experiment's own files. The batch size: as the experiment
 * says; else as the run has it already, whatever the memory is now; else as many images as fit in memory. How many ε are
 * scored together: as the run has it already, where it is of this class of engine, whichever device goes on with it; else
 * as the devices have it that it is begun on, but pass by pass where memory, or that of a device, is too small for groups.
 * @throws InputError when not even one image at once fits, or a model can't be compiled
 */
export async function planBatch(
  experiment: Experiment,
  directory: RunDirectory,
  setup: BatchSetup,
): Promise<BatchPlan> {
  const { allowedBytes, engine, workers, memoryUse } = setup;
  const { memory: _, device: __, workers: ___, maxPixels: ____, batchSize, ...rest } = experiment;
  const former = (await readRevisions(directory)).at(-1)?.experiment;
  const isBegun = former?.engine === engine;
  const together = isBegun ? (former.stepsTogether ?? null) : setup.stepsTogether;
  const settled = (size: number, steps: number | null, note: string | null = null): BatchPlan => {
    const layout = steps === null ? {} : { stepsTogether: steps };
    return { experiment: { ...rest, batchSize: size, ...layout, engine }, note };
  };
  let read: ReturnType<typeof memoriesOf> | undefined;
  const memories = () => {
    read ??= memoriesOf(experiment, setup);
    return read;
  };
  const fitting = async (size: number, steps: number | null, note: string | null = null) =>
    isBegun ? settled(size, steps, note) : fittingDevices(settled(size, steps, note), setup, memories);
  const known = batchSize ?? former?.batchSize;
  if (allowedBytes === null) return fitting(known ?? LARGEST_BATCH, together);
  if (known !== undefined) {
    const isKept = batchSize === null;
    const note = `memory: this run was begun with batches of ${known} and keeps them; ${setting('memory')} only bounds the number of workers`;
    const mayChange = together !== null && !isBegun;
    const memoryAt = mayChange ? await memories() : null;
    const fits =
      memoryAt === null || planMemory(memoryAt(known, together), known, workers, allowedBytes, memoryUse);
    return fitting(known, fits === null ? null : together, isKept ? note : null);
  }
  const memoryAt = await memories();
  for (const steps of together === null ? [null] : [together, null]) {
    const chosen = chooseBatch((size) => memoryAt(size, steps), workers, allowedBytes, memoryUse);
    if (chosen !== null) return fitting(chosen, steps);
  }
  const least = memoryAt(1, null).map((graphs, index) => {
    const name = experiment.models[index]?.name ?? '';
    return { name, bytes: poolBytes([graphs], 1, 1, memoryUse) };
  });
  const largest = least.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  throw new InputError(
    `${setting('memory')}, or "memory" of the experiment: ${formatBytes(allowedBytes)} is too little: model "${largest.name}" needs about ` +
      `${formatBytes(largest.bytes)} for one worker with one image at once; allow at least that much`,
  );
}

/** Of a device's memory, what graphs may be planned to take: libraries and other programs need some. */
const usableShare = 0.8;

/** Falls back to pass by pass where a new run's groups don't fit the devices' own memory, or its size is unknown. */
async function fittingDevices(
  plan: BatchPlan,
  { deviceBytes: findDeviceBytes, memoryUse }: BatchSetup,
  memories: () => ReturnType<typeof memoriesOf>,
): Promise<BatchPlan> {
  const { stepsTogether, ...rest } = plan.experiment;
  if (stepsTogether === undefined || findDeviceBytes === undefined) return plan;
  const alone: BatchPlan = { ...plan, experiment: rest };
  const deviceBytes = await findDeviceBytes();
  if (deviceBytes === null) return alone;
  const memoryAt = await memories();
  const needed = poolBytes(memoryAt(rest.batchSize, stepsTogether), rest.batchSize, 1, memoryUse);
  if (needed <= usableShare * deviceBytes) return plan;
  const note =
    `memory: each ε has a pass of its own, since ${stepsTogether} together would take about ${formatBytes(needed)} of a ` +
    `device's ${formatBytes(deviceBytes)} with batches of ${rest.batchSize}; a smaller "batchSize" would let them`;
  return { ...alone, note: plan.note ?? note };
}

/** @returns what each model's graphs take for a batch size, with so many ε together */
async function memoriesOf(
  experiment: Experiment,
  { lowerings }: BatchSetup,
): Promise<(batch: number, stepsTogether: number | null) => readonly ModelMemory[]> {
  const { models, layerNorms } = experiment;
  const decoded = await Promise.all(
    models.map(async (model) => {
      const content = await readModel(model.file, model);
      const rows = naming(model.file, () => keptRowsOf(experiment, model, content));
      return { ...model, content, rows };
    }),
  );
  return (batch, stepsTogether) =>
    decoded.map(({ file, content, rows, ...model }) =>
      naming(file, () => {
        const options = { ...parameterPatterns(model), batch, lowerings, layerNorms };
        const graphs = memoryOfGraphs(content, graphsInUse(graphUse(experiment, stepsTogether)), options);
        return [...graphs, ...rows(batch)];
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
    `${setting('memory')}, or "memory" of the experiment: ${formatBytes(allowedBytes ?? 0)} is too little for "batchSize" ${batchSize}, which needs about ${needed} ` +
      'with one worker; allow at least that much, or start another run with a smaller "batchSize", or with none',
  );
}

/** What rows of a model take, by the size of a batch. */
function keptRowsOf(
  experiment: Experiment,
  model: ExperimentModel,
  content: Model,
): (batch: number) => ModelMemory {
  const { multiplications, classes } = describeModel(content);
  const layers = experiment.layerNorms
    ? decideModelParameters(content, parameterPatterns(model)).parameters.filter(({ scored }) => scored)
        .length
    : 0;
  const kept = keptByWave(experiment, model);
  return (batch) => keptRowsMemory(experiment, batch, { multiplications, classes, layers, kept });
}
