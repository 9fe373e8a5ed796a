import { formatBytes } from '../../manifests/input/bytes.js';
import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import type { MemoryUse } from '../../workers/engines/memory-use.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { Experiment, PlannedExperiment } from '../experiment/experiment.js';
import {
  LARGEST_BATCH,
  type MemoryPlan,
  type ModelMemory,
  planMemory,
  poolBytes,
} from '../plan/memory-plan.js';
import { readRevisions } from '../store/revisions.js';
import { type BatchSetup, MemoryLimits } from './memory-limits.js';

/** An experiment whose batch size and layout are settled. */
export interface BatchPlan {
  readonly experiment: PlannedExperiment;
  /** What to tell the user of it, a line each: where batch size or layout are not what was asked for, or what a device's memory decided. */
  readonly notes: readonly string[];
}

/**
 * Settles what is part of every shard's identity besides the experiment's own files. The batch size: as the experiment
 * says; else as the run has it already, whatever the memory is now; else as many images as fit in memory, and in that of
 * the smallest device. How many ε are scored together: as the run has it already, where it is of this class of engine,
 * whichever device goes on with it; else as the devices have it that it is begun on, but pass by pass where memory, or
 * that of a device, is too small for groups.
 * @throws InputError when not even one image at once fits, or a model can't be compiled
 */
export async function planBatch(
  experiment: Experiment,
  directory: RunDirectory,
  setup: BatchSetup,
): Promise<BatchPlan> {
  const { memory: _, device: __, workers: ___, maxPixels: ____, batchSize, ...rest } = experiment;
  const former = (await readRevisions(directory)).at(-1)?.experiment;
  const isBegun = former?.engine === setup.engine;
  const together = isBegun ? (former.stepsTogether ?? null) : setup.stepsTogether;
  const settled = ({ size, steps, notes }: Layout): BatchPlan => {
    const layout = steps === null ? {} : { stepsTogether: steps };
    return { experiment: { ...rest, batchSize: size, ...layout, engine: setup.engine }, notes };
  };
  const known = batchSize ?? former?.batchSize;
  const limits = new MemoryLimits(experiment, setup);
  if (known === undefined) return settled(await chooseLayout(together, limits));
  const kept =
    batchSize === null && setup.allowedBytes !== null
      ? [
          `memory: this run was begun with batches of ${known} and keeps them; ${setting('memory')} only bounds the number of workers`,
        ]
      : [];
  const layout = { size: known, steps: together, notes: kept };
  return settled(isBegun ? layout : await fittingLayout(layout, limits));
}

/** How a run scores: its batch, how many ε together, and what to tell the user of it. */
interface Layout {
  readonly size: number;
  readonly steps: number | null;
  readonly notes: readonly string[];
}

/** The largest batch that fits, by groups where that is quicker. */
async function chooseLayout(together: number | null, limits: MemoryLimits): Promise<Layout> {
  const groups = together === null ? null : await limits.largestBatch(together);
  if (groups === LARGEST_BATCH) return { size: groups, steps: together, notes: [] };
  const alone = await limits.largestBatch(null);
  if (alone === null && groups === null) throw await limits.tooLittle();
  const isQuicker = groups !== null && together !== null && groups * together >= leastGain * (alone ?? 0);
  if (isQuicker) return { size: groups, steps: together, notes: await limits.notesOf(groups, together) };
  const size = alone ?? 1;
  const notes = [
    ...(together === null ? [] : await limits.whyAlone(together, size)),
    ...(await limits.notesOf(size, null)),
  ];
  return { size, steps: null, notes };
}

/**
 * How many times as many images · ε a pass must have by groups as one has of ε alone: with twice as many, groups are
 * measured to be quicker, by 1.15.
 */
const leastGain = 2;

/** The layout of a new run with a settled batch: by groups only where they fit. */
async function fittingLayout({ size, steps, notes }: Layout, limits: MemoryLimits): Promise<Layout> {
  if (steps !== null && (await limits.fits(size, steps))) return { size, steps, notes };
  const why = steps === null ? [] : await limits.whyAlone(steps, size);
  return { size, steps: null, notes: [...notes, ...why, ...(await limits.notesOf(size, null))] };
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
