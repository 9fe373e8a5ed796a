import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { selectionPools } from '../experiment/sets.js';
import type { CarriedShard } from '../opening/carried-shards.js';
import type { OpenExperiment } from '../opening/opened.js';
import type { ReadStep } from '../plan/plan-file.js';
import { isFitted } from '../selection/fitted.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { RevisionContents } from '../store/revisions.js';
import { sameJson } from '../store/sealed-json.js';

/** What a run was when its cells were chosen last, and what of it is there. */
export interface FormerRun {
  readonly revision: RevisionContents;
  readonly selection: readonly SelectionRow[];
  /** The plan. */
  readonly steps: readonly ReadStep[];
  readonly finished: ReadonlySet<string>;
  /** The steps with only those shards that are of the experiment's own files. */
  readonly valid: readonly ReadStep[];
  readonly carried: readonly CarriedShard[];
}

/**
 * The cells that were chosen for a former state of a run and that an experiment is sure to choose again, under its own names: by the same
 * scores of the same validation images, at the same grid. Left out where it is not known.
 */
export function chosenAgain(open: OpenExperiment, former: FormerRun): readonly SelectionRow[] {
  const { experiment } = open;
  if (!sameJson(former.revision.experiment.grid, experiment.grid)) return [];
  const names = presentNames(former.carried);
  const [was, is] = [selectionPools(former.revision.experiment), selectionPools(experiment)];
  const isSamePool = (before: readonly string[] = [], now: readonly string[] = []): boolean =>
    sameJson(before.map(names.set), now);
  if (!isSamePool(was.inDomain, is.inDomain)) return [];
  const isSearchedAlike = searchedAlike(open, former, names);
  const isFitAlike = !is.inDomain.some((set) => hasNewLabels(open, former.carried, set));
  return former.selection.flatMap((row) => {
    const [model, outlier] = [names.model(row.model), names.set(row.outlier)];
    const pool = is.outliers.get(outlier);
    const isAgain =
      pool !== undefined &&
      isSamePool(was.outliers.get(row.outlier), pool) &&
      [...is.inDomain, ...pool].every((set) => isSearchedAlike(model, set)) &&
      (isFitAlike || !experiment.detectors.includes(row.detector) || !isFitted(row.detector));
    return isAgain ? [{ ...row, model, outlier }] : [];
  });
}

/** The names that the models and sets of carried shards have now. */
function presentNames(carried: readonly CarriedShard[]) {
  const models = new Map(carried.map(({ former, shard }) => [former.model, shard.model]));
  const sets = new Map(carried.map(({ former, shard }) => [former.set, shard.set]));
  return {
    model: (name: string): string => models.get(name) ?? name,
    set: (name: string): string => sets.get(name) ?? name,
  };
}

const partOf = ({ model, set }: Pick<PlannedShard, 'model' | 'set'>): string => `${model}\0${set}`;

/** Tells of a model and a set whether the rows that cells were chosen on are its validation rows still, all of them with their scores. */
function searchedAlike(
  { sets }: OpenExperiment,
  { revision, steps, finished, valid, carried }: FormerRun,
  names: ReturnType<typeof presentNames>,
): (model: string, set: string) => boolean {
  const validation = new Map(sets.map(({ name, split }) => [name, new Set(split.validation)]));
  const kept = new Set(valid.flatMap(({ shards }) => shards.map(({ id }) => id)));
  for (const { former } of carried) kept.add(former.id);
  const others = new Set<string>();
  for (const { wave, madeFor, shards } of steps) {
    if (wave !== 1) continue;
    for (const shard of shards) {
      const isFormer =
        madeFor.manifests[shard.set] === revision.manifests[shard.set] &&
        madeFor.models[shard.model] === revision.models[shard.model];
      if (isFormer && finished.has(shard.id) && !kept.has(shard.id))
        others.add(partOf({ model: names.model(shard.model), set: names.set(shard.set) }));
    }
  }
  const searched = [
    ...valid.filter(({ wave }) => wave === 1).flatMap(({ shards }) => shards),
    ...carried.filter(({ wave }) => wave === 1).map(({ shard }) => shard),
  ];
  for (const shard of searched) {
    const rows = validation.get(shard.set);
    if (rows === undefined || shard.rows.some((row) => !rows.has(row))) others.add(partOf(shard));
  }
  return (model, set) => !others.has(partOf({ model, set }));
}

function hasNewLabels({ sets }: OpenExperiment, carried: readonly CarriedShard[], name: string): boolean {
  const rows = new Set(sets.find((set) => set.name === name)?.split.validation);
  return carried.some(
    ({ shard, relabelled }) => shard.set === name && relabelled.some((row) => rows.has(row)),
  );
}
