import { detectorNamed } from '../../stages/detectors/index.js';
import { searchPasses } from '../../stages/detectors/plan-passes.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { OpenModel, OpenRun, OpenSet } from '../opening/opened.js';
import { chosenPasses } from '../selection/chosen.js';
import { prepareSearch } from '../selection/select.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import { loadSplit } from '../store/load-split.js';
import type { WavePasses } from './plan-wave.js';

/** The chosen cells, and how many validation images were left out to choose them. */
export interface Selected {
  readonly rows: readonly SelectionRow[];
  readonly validationFailed: (model: OpenModel, set: OpenSet) => number;
}

/** Wave 1: every cell that any detector searches, on validation rows. */
export function searchWave({ experiment }: Pick<OpenRun, 'experiment'>): WavePasses {
  const passes = searchPasses(experiment.detectors.map(detectorNamed), experiment.grid);
  return { wave: 1, passesOf: () => passes };
}

/** Wave 2: the chosen cells on test rows; the in-domain set needs those of all outlier sets. */
export function chosenWave(
  { experiment }: Pick<OpenRun, 'experiment'>,
  selection: readonly SelectionRow[],
): WavePasses {
  return {
    wave: 2,
    passesOf: (model, set) => {
      const rows = selection.filter((row) => row.model === model.name);
      const concerned = set.role === 'in-domain' ? rows : rows.filter((row) => row.outlier === set.name);
      return chosenPasses(concerned, experiment.grid);
    },
  };
}

/**
 * Chooses cells from the finished shards of wave 1. Outlier sets are read one at a time, since a split at every
 * cell is large.
 * @throws RunFailedError when shards are missing or a set has no usable image
 */
export async function selectCells(run: OpenRun, planned: readonly PlannedShard[]): Promise<Selected> {
  const { detectors, grid } = run.experiment;
  const wave = searchWave(run);
  const rows: SelectionRow[] = [];
  const failed = new Map<string, number>();
  const load = async (model: OpenModel, set: OpenSet): Promise<SplitScores> => {
    const scores = await loadSplit(run, planned, {
      model: model.name,
      set: set.name,
      manifest: set.rows,
      rows: set.split.validation,
      passes: wave.passesOf(model, set),
    });
    failed.set(`${model.name}\0${set.name}`, scores.failed);
    return scores;
  };
  const [inDomainSet, ...outlierSets] = run.sets;
  if (inDomainSet === undefined) return { rows, validationFailed: () => 0 };
  for (const model of run.models) {
    const search = prepareSearch({
      model: model.name,
      inDomain: await load(model, inDomainSet),
      detectors: detectors.map(detectorNamed),
      grid,
    });
    for (const set of outlierSets) rows.push(...search.choose(await load(model, set)));
  }
  return {
    rows,
    validationFailed: (model, set) => failed.get(`${model.name}\0${set.name}`) ?? 0,
  };
}
