import { detectorNamed } from '../../stages/detectors/index.js';
import { logitReadings } from '../../stages/detectors/logit-readings.js';
import { searchPasses } from '../../stages/detectors/plan-passes.js';
import { ensembleDetectors } from '../../stages/ensembles/detectors.js';
import { poolScores } from '../../stages/metrics/pool-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { selectionPools } from '../experiment/sets.js';
import type { OpenModel, OpenRun, OpenSet } from '../opening/opened.js';
import { chosenPasses } from '../selection/chosen.js';
import { prepareSearch } from '../selection/select.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import { loadEnsemble } from '../store/load-ensemble.js';
import { loadSplit } from '../store/load-split.js';
import type { WavePasses } from './plan-wave.js';

/** The chosen cells, and how many validation images were left out to choose them. */
export interface Selected {
  readonly rows: readonly SelectionRow[];
  readonly validationFailed: (model: { readonly name: string }, set: OpenSet) => number;
}

/** Wave 1: every cell that any detector searches, on validation rows. */
export function searchWave({ experiment }: Pick<OpenRun, 'experiment'>): WavePasses {
  const passes = searchPasses(experiment.detectors.map(detectorNamed), experiment.grid);
  return { wave: 1, passesOf: () => passes };
}

/** Wave 2: the chosen cells on test rows; in-domain images, shifted ones too, need those of all outlier sets. */
export function chosenWave(
  { experiment }: Pick<OpenRun, 'experiment'>,
  selection: readonly SelectionRow[],
): WavePasses {
  return {
    wave: 2,
    passesOf: (model, set) => {
      const rows = selection.filter((row) => row.model === model.name);
      const concerned = set.role === 'outlier' ? rows.filter((row) => row.outlier === set.name) : rows;
      return chosenPasses(concerned, experiment.grid);
    },
  };
}

/** The measures of every ensemble on the validation rows of each outlier set, of which the largest ROC-AUC is chosen. */
async function selectMeasures(
  run: OpenRun,
  planned: readonly PlannedShard[],
  failed: Map<string, number>,
): Promise<SelectionRow[]> {
  const { ensembles = [], grid } = run.experiment;
  const pools = selectionPools(run.experiment);
  const rows: SelectionRow[] = [];
  for (const ensemble of ensembles) {
    const load = async (names: readonly string[]): Promise<SplitScores> => {
      const splits: SplitScores[] = [];
      for (const { name, rows: manifest, split } of run.sets.filter((set) => names.includes(set.name)))
        splits.push(
          await loadEnsemble(run, planned, { ensemble, set: name, manifest, rows: split.validation }),
        );
      for (const split of splits) failed.set(`${ensemble.name}\0${split.set}`, split.failed);
      return poolScores(names.join(' + '), splits);
    };
    const search = prepareSearch({
      model: ensemble.name,
      inDomain: await load(pools.inDomain),
      detectors: ensembleDetectors,
      grid,
    });
    for (const [outlier, names] of pools.outliers)
      rows.push(...search.choose(await load(names)).map((row) => ({ ...row, outlier })));
  }
  return rows;
}

/**
 * Chooses cells from the finished shards of wave 1. Outlier sets, or the pools of several that they are chosen on, are
 * read one at a time, since a split at every cell is large.
 * @throws RunFailedError when shards are missing or a set has no usable image
 */
export async function selectCells(run: OpenRun, planned: readonly PlannedShard[]): Promise<Selected> {
  const { detectors, grid } = run.experiment;
  const wave = searchWave(run);
  const pools = selectionPools(run.experiment);
  const ofLogits = logitReadings(detectors.map(detectorNamed), grid);
  const rows: SelectionRow[] = [];
  const failed = new Map<string, number>();
  const load = async (model: OpenModel, names: readonly string[]): Promise<SplitScores> => {
    const splits: SplitScores[] = [];
    for (const set of run.sets.filter(({ name }) => names.includes(name))) {
      const scores = await loadSplit(run, planned, {
        model: model.name,
        set: set.name,
        manifest: set.rows,
        rows: set.split.validation,
        passes: wave.passesOf(model, set),
        ofLogits,
      });
      failed.set(`${model.name}\0${set.name}`, scores.failed);
      splits.push(scores);
    }
    return poolScores(names.join(' + '), splits);
  };
  for (const model of run.models) {
    const search = prepareSearch({
      model: model.name,
      inDomain: await load(model, pools.inDomain),
      detectors: detectors.map(detectorNamed),
      grid,
    });
    const chosen = new Map<string, readonly SelectionRow[]>();
    for (const [outlier, names] of pools.outliers) {
      const pool = names.join('\0');
      const known = chosen.get(pool) ?? search.choose(await load(model, names));
      chosen.set(pool, known);
      rows.push(...known.map((row) => ({ ...row, outlier })));
    }
  }
  rows.push(...(await selectMeasures(run, planned, failed)));
  return {
    rows,
    validationFailed: (model, set) => failed.get(`${model.name}\0${set.name}`) ?? 0,
  };
}
