import { cellKey } from '../../stages/cells.js';
import { isSameReading } from '../../stages/detectors/logit-readings.js';
import type { Passes } from '../../stages/detectors/plan-passes.js';
import type { PlannedShard, Wave } from '../../workers/store/planned-shard.js';
import type { KeptLogits } from '../experiment/kept-logits.js';
import {
  identityOn,
  type OpenExperiment,
  type OpenModel,
  type OpenRun,
  type OpenSet,
} from '../opening/opened.js';
import { validSteps } from '../opening/valid-steps.js';
import type { Demand } from '../plan/demand.js';
import { appendPlanStep, readPlan } from '../plan/plan-file.js';
import { arePlanned, planShards } from '../plan/plan-shards.js';
import { requireOwnImages } from '../plan/shared-shards.js';
import { RowMarks } from '../store/row-marks.js';

/** What one wave has to score of one set for one model. */
export interface WavePasses {
  readonly wave: Wave;
  readonly passesOf: (model: OpenModel, set: OpenSet) => Passes;
  /** What it keeps of logits at ε = 0, of any set. */
  readonly keptOf: (model: OpenModel) => KeptLogits;
}

/** What the planning of a wave needs to know of a model's cost. */
export type MultiplicationsOf = (model: OpenModel) => Promise<number>;

/**
 * About how many shards a wave is planned as, however much work it is. Not where norms of layers are kept: what these take in a worker
 * is planned for shards of `shardSeconds`.
 */
const mostShards = 50_000;

/** The rows that a wave scores. */
export function waveRows(wave: Wave, { split }: Pick<OpenSet, 'split'>): Int32Array {
  return wave === 1 ? split.validation : split.test;
}

/**
 * Brings the plan on disk to where it covers the wave, adding a step for what is not planned yet. Of several
 * processes one adds the step and the others read it.
 * @returns all shards planned so far that are made of this run's own files
 */
export async function ensurePlanned(
  run: OpenRun,
  wave: WavePasses,
  multiplicationsOf: MultiplicationsOf,
): Promise<readonly PlannedShard[]> {
  for (;;) {
    const steps = await readPlan(run.directory);
    const planned = (await validSteps(run, run.directory, steps)).flatMap((step) => step.shards);
    const shards = await planWave(run, wave, planned, multiplicationsOf);
    if (shards.length === 0) return planned;
    const number = (steps.at(-1)?.number ?? 0) + 1;
    const step = { number, wave: wave.wave, revision: run.revision.sha256, shards };
    if (await appendPlanStep(run.directory.plan, step)) return [...planned, ...shards];
  }
}

/**
 * The shards that a wave needs beyond those planned.
 * @param multiplicationsOf asked only for models that need shards
 * @throws InputError where two sets would share scores of different images
 */
export async function planWave(
  open: OpenExperiment,
  { wave, passesOf, keptOf }: WavePasses,
  planned: readonly PlannedShard[],
  multiplicationsOf: MultiplicationsOf,
): Promise<PlannedShard[]> {
  const shards: PlannedShard[] = [];
  const { shardSeconds } = open.experiment;
  for (const model of open.models) {
    const logits = keptOf(model);
    const demandsAt = (multiplications: number): Demand[] =>
      open.sets.map((set) => ({
        model: { name: model.name, identity: identityOn(model, set), multiplications },
        set: { name: set.name, manifest: set.rows },
        rows: waveRows(wave, set),
        ...passesOf(model, set),
        logits,
      }));
    // Whether anything is needed does not depend on the cost, and a finished run opens no model.
    if (arePlanned(demandsAt(0), planned)) continue;
    const found = planShards(
      demandsAt(await multiplicationsOf(model)),
      planned,
      shardSeconds,
      open.identityOf,
      open.experiment.layerNorms ? Number.POSITIVE_INFINITY : mostShards / open.models.length,
    );
    // One by one: they may be more than a call takes arguments.
    for (const shard of found) shards.push(shard);
  }
  requireOwnImages([...planned, ...shards], new Map(open.sets.map(({ name, rows }) => [name, rows])));
  return shards;
}

/**
 * The planned shards that a wave needs, of whichever step. A shard planned for an experiment that has since
 * become smaller may be needed by none.
 */
export function neededShards(
  { models, sets }: OpenExperiment,
  { wave, passesOf, keptOf }: WavePasses,
  planned: readonly PlannedShard[],
): readonly PlannedShard[] {
  const needs = new Map<
    string,
    {
      rows: RowMarks;
      cells: Set<string>;
      forwardCells: Set<string>;
      forward: Set<number>;
      kept: KeptLogits;
    }
  >();
  for (const set of sets) {
    const rows = new RowMarks();
    for (const row of waveRows(wave, set)) rows.add(row);
    for (const model of models) {
      const passes = passesOf(model, set);
      const cells = new Set(passes.cells.map(cellKey));
      const forwardCells = new Set(passes.forwardCells.map(cellKey));
      const forward = new Set(passes.forwardTemperatures);
      const kept = keptOf(model);
      needs.set(`${model.name}\0${set.name}`, { rows, cells, forwardCells, forward, kept });
    }
  }
  return planned.filter((shard) => {
    const need = needs.get(`${shard.model}\0${shard.set}`);
    if (need === undefined || !shard.rows.some((row) => need.rows.has(row))) return false;
    return (
      keepsNeeded(shard, need.kept) ||
      shard.forwardTemperatures.some((temperature) => need.forward.has(temperature)) ||
      shard.forwardCells.some((cell) => need.forwardCells.has(cellKey(cell))) ||
      shard.cells.some(
        (cell) =>
          need.cells.has(cellKey(cell)) ||
          need.forwardCells.has(cellKey(cell)) ||
          (cell.epsilon === 0 && need.forward.has(cell.temperature)),
      )
    );
  });
}

/** Whether a shard has logits, or what detectors read of them, that are needed. */
function keepsNeeded({ logits, readings = [] }: PlannedShard, needed: KeptLogits): boolean {
  if (needed === 'all') return logits === true;
  if (logits === true) return needed.length > 0;
  return readings.some((reading) => needed.some((one) => isSameReading(one, reading)));
}
