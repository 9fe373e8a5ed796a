import type { Detector } from '../../stages/detectors/detector.js';
import { searchPasses } from '../../stages/detectors/plan-passes.js';
import { type PassCounts, type PlannedShard, passesPerImage } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { shardIdsIn } from '../../workers/store/shard-store.js';
import { detectorsOf } from '../experiment/model-detectors.js';
import { selectionPools } from '../experiment/sets.js';
import { type CarriedShard, carriedShards } from '../opening/carried-shards.js';
import type { OpenExperiment, OpenModel, OpenSet } from '../opening/opened.js';
import { validSteps } from '../opening/valid-steps.js';
import { type ReadStep, readPlan } from '../plan/plan-file.js';
import { readSelection } from '../results/stored-results.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import { contentId, readRevisions } from '../store/revisions.js';
import { neededShards, planWave, type WavePasses } from '../waves/plan-wave.js';
import { chosenWave, searchWave } from '../waves/select-cells.js';
import { chosenAgain } from './former-choice.js';

/** Passes of one wave for one model, counted in images: what is left of them. */
export interface WaveForecast {
  readonly model: string;
  readonly wave: 1 | 2;
  readonly passes: PassCounts;
  /** Whether they are as many as said, or at most so many, since what they are depends on what wave 1 chooses. */
  readonly isExact: boolean;
}

/** What of an experiment is done already. */
export interface Done {
  /** Those too that were planned under other names, or have other labels. */
  readonly shards: readonly PlannedShard[];
  /** Shards that are planned and not there: what is needed of one is scored with the rest of it. */
  readonly planned: readonly PlannedShard[];
  /** The cells that were chosen and will be again, as far as they are known. */
  readonly selection: readonly SelectionRow[];
}

/** What is done, and which of the shards have other names or labels yet. */
export interface DoneBefore extends Done {
  readonly carried: readonly CarriedShard[];
  /** Ids of shards whose rows are known by their files alone, as their manifests have other rows by now. */
  readonly moved: ReadonlySet<string>;
}

/** What lies in a run directory of an experiment; nothing where there is none. Writes nothing. */
export async function doneIn(open: OpenExperiment, directory: RunDirectory): Promise<DoneBefore> {
  const finished = await shardIdsIn(directory);
  const steps = await readPlan(directory);
  const valid = await validSteps(open, directory, steps);
  const carried = await carriedShards(open, directory, steps);
  const former = await latestChoice(directory);
  const isOwn = former !== null && former.revision.contentId === contentId(open.contents);
  const carriedIds = new Set(carried.map(({ shard }) => shard.id));
  const all = valid.flatMap(({ shards }) => shards);
  return {
    shards: [...all.filter(({ id }) => finished.has(id)), ...carried.map(({ shard }) => shard)],
    planned: all.filter(({ id }) => !finished.has(id) && !carriedIds.has(id)),
    moved: movedIn(open, valid),
    carried,
    selection: isOwn
      ? former.selection
      : former === null
        ? []
        : chosenAgain(open, { ...former, steps, finished, valid, carried }),
  };
}

function movedIn({ sets }: OpenExperiment, steps: readonly ReadStep[]): ReadonlySet<string> {
  const manifests = new Map(sets.map(({ name, rows }) => [name, rows.sha256]));
  const moved = steps.flatMap(({ shards, madeFor }) =>
    shards.filter(({ set }) => madeFor.manifests[set] !== manifests.get(set)),
  );
  return new Set(moved.map(({ id }) => id));
}

/** The latest state of a run whose cells are chosen, and these. */
async function latestChoice(directory: RunDirectory) {
  for (const revision of [...(await readRevisions(directory))].reverse()) {
    const selection = await readSelection(directory, revision.contentId);
    if (selection !== null) return { revision, selection };
  }
  return null;
}

/**
 * Counts the passes that are left of an experiment. Wave 1 exactly, and wave 2 too once cells are chosen; before, at
 * most, as if every detector and ablation chose a cell and a temperature of its own.
 */
export async function forecastPasses(open: OpenExperiment, done: Done): Promise<WaveForecast[]> {
  const left: WaveForecast[] = [];
  for (const model of open.models) {
    const only = { ...open, models: [model] };
    const isOwn = (shard: PlannedShard): boolean => shard.model === model.name;
    const own = { shards: done.shards.filter(isOwn), planned: done.planned.filter(isOwn) };
    const search = await passesLeft(only, searchWave(open), own);
    left.push({ model: model.name, wave: 1, passes: search, isExact: true });
    const isChosen = isNothing(search) && hasChosen(open, model, done.selection);
    left.push({
      model: model.name,
      wave: 2,
      passes: isChosen
        ? await passesLeft(only, chosenWave(open, done.selection), own)
        : add(
            atMost(open, detectorsOf(open.experiment, model), own.shards),
            scoredWithOthers(only, own.planned),
          ),
      isExact: isChosen,
    });
  }
  return left;
}

async function passesLeft(
  open: OpenExperiment,
  wave: WavePasses,
  { shards, planned }: Pick<Done, 'shards' | 'planned'>,
): Promise<PassCounts> {
  const added = await planWave(open, wave, [...shards, ...planned], async () => 0);
  return passesOf([...neededShards(open, wave, planned), ...added]);
}

/** What shards that are planned and not there may take in wave 2 beyond what it asks for: those of test rows that wave 1 doesn't need. */
function scoredWithOthers(open: OpenExperiment, planned: readonly PlannedShard[]): PassCounts {
  const inSearch = new Set(neededShards(open, searchWave(open), planned));
  const test = new Map(open.sets.map(({ name, split }) => [name, new Set(split.test)]));
  const mayBeNeeded = (shard: PlannedShard): boolean =>
    shard.rows.some((row) => test.get(shard.set)?.has(row));
  return passesOf(planned.filter((shard) => !inSearch.has(shard) && mayBeNeeded(shard)));
}

function passesOf(shards: readonly PlannedShard[]): PassCounts {
  return shards.map((shard) => times(passesPerImage(shard), shard.rows.length)).reduce(add, nothing);
}

/** Whether cells are chosen for all that the experiment asks of a model. */
function hasChosen(
  { experiment, sets }: OpenExperiment,
  model: OpenModel,
  selection: readonly SelectionRow[],
): boolean {
  const chosen = new Set(
    selection
      .filter((row) => row.model === model.name)
      .map((row) => `${row.outlier}\0${row.detector}\0${row.ablation}`),
  );
  return sets
    .filter(({ role }) => role === 'outlier')
    .every(({ name }) =>
      detectorsOf(experiment, model).every((detector) =>
        detector.ablations.every((ablation) => chosen.has(`${name}\0${detector.name}\0${ablation}`)),
      ),
    );
}

function atMost(
  { experiment, sets }: OpenExperiment,
  chosen: readonly Detector[],
  done: readonly PlannedShard[],
): PassCounts {
  const searched = (some: readonly Detector[]) => ({
    passes: passesPerImage(searchPasses(some, experiment.grid)),
    selections: some.reduce((sum, { ablations }) => sum + ablations.length, 0),
  });
  const backward = searched(chosen.filter(({ needsGradient }) => needsGradient));
  const forward = searched(chosen.filter(({ needsGradient }) => !needsGradient));
  /** @param pools how many sets of rows cells are chosen on */
  const most = (pools: number): PassCounts => ({
    perturbation: Math.min(pools * backward.selections, backward.passes.perturbation),
    scoring: Math.min(pools * backward.selections, backward.passes.scoring),
    forwardPerturbation: Math.min(pools * forward.selections, forward.passes.forwardPerturbation),
    // And one for ε = 0, whatever is chosen.
    forward: 1 + Math.min(pools * forward.selections, Math.max(0, forward.passes.forward - 1)),
  });
  const pools = new Set([...selectionPools(experiment).outliers.values()].map((names) => names.join('\0')));
  const all = sets.map(({ role, split }) =>
    times(most(role === 'outlier' ? 1 : pools.size), split.test.length),
  );
  return subtract(all.reduce(add, nothing), sets.map((set) => doneOn(set, done)).reduce(add, nothing));
}

/** Passes that were done on the test images of a set. */
function doneOn({ name, split }: OpenSet, done: readonly PlannedShard[]): PassCounts {
  const found = done.filter(({ set }) => set === name);
  const test = new Set(found.length === 0 ? [] : split.test);
  return found
    .map((shard) => times(passesPerImage(shard), shard.rows.filter((row) => test.has(row)).length))
    .reduce(add, nothing);
}

function eachKind(count: (kind: keyof PassCounts) => number): PassCounts {
  return {
    perturbation: count('perturbation'),
    scoring: count('scoring'),
    forward: count('forward'),
    forwardPerturbation: count('forwardPerturbation'),
  };
}

const nothing = eachKind(() => 0);

function isNothing(passes: PassCounts): boolean {
  return Object.values(passes).every((count) => count === 0);
}

function subtract(a: PassCounts, b: PassCounts): PassCounts {
  return eachKind((kind) => Math.max(0, a[kind] - b[kind]));
}

function times(passes: PassCounts, images: number): PassCounts {
  return eachKind((kind) => passes[kind] * images);
}

function add(a: PassCounts, b: PassCounts): PassCounts {
  return eachKind((kind) => a[kind] + b[kind]);
}
