import { type Passes, searchPasses } from '../../stages/detectors/plan-passes.js';
import { poolScores } from '../../stages/metrics/pool-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { plainForward } from '../experiment/grid.js';
import { keptLogits } from '../experiment/kept-logits.js';
import { detectorsOf } from '../experiment/model-detectors.js';
import { selectionPools } from '../experiment/sets.js';
import type { OpenModel, OpenRun, OpenSet } from '../opening/opened.js';
import { chosenPasses } from '../selection/chosen.js';
import { fittedIn, withFitted } from '../selection/fitted.js';
import { type Choice, prepareSearch } from '../selection/select.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { PoolSurfaces } from '../selection/surface.js';
import { fitTemperatures } from './fit-temperatures.js';
import type { WavePasses } from './plan-wave.js';
import { type Subject, subjectsOf } from './subjects.js';

/** The chosen cells, what they were chosen by, and how many validation images were left out to choose them. */
export interface Selected {
  readonly rows: readonly SelectionRow[];
  /** Of every subject, by the pools that its cells were chosen on. */
  readonly surfaces: readonly PoolSurfaces[];
  readonly validationFailed: (subject: Pick<Subject, 'name'>, set: OpenSet) => number;
}

/** Wave 1: every cell that any detector of the model searches, on validation rows. */
export function searchWave({ experiment }: Pick<OpenRun, 'experiment'>): WavePasses {
  // Asked for every set, and the same for all of them.
  const known = new Map<string, Passes>();
  return {
    wave: 1,
    passesOf: (model) => {
      const detectors = detectorsOf(experiment, model);
      const found =
        known.get(model.name) ??
        // What ensembles read of a model without detectors.
        (detectors.length === 0
          ? { cells: [], forwardCells: [], forwardTemperatures: [1] }
          : withPlain(searchPasses(detectors, experiment.grid), experiment, model));
      known.set(model.name, found);
      return found;
    },
    keptOf: (model) => keptLogits(experiment, model, 1),
  };
}

/**
 * Calibration is told at ε = 0 and every temperature. Kept logits have that in them, and a forward pass whose logits are not kept
 * has it for nothing, once it is run; runs without either are told of where they searched.
 */
function withPlain(passes: Passes, experiment: OpenRun['experiment'], model: OpenModel): Passes {
  if (experiment.logits !== 'summaries' || keptLogits(experiment, model, 1) === 'all') return passes;
  return { ...passes, forwardTemperatures: plainForward(passes, experiment.grid) };
}

/** Wave 2: the chosen cells on test rows; in-domain images, shifted ones too, need those of all outlier sets. */
export function chosenWave(
  { experiment }: Pick<OpenRun, 'experiment'>,
  selection: readonly SelectionRow[],
): WavePasses {
  const fitted = fittedIn(selection, experiment.detectors);
  return {
    wave: 2,
    keptOf: (model) =>
      keptLogits(experiment, model, 2, withFitted(detectorsOf(experiment, model), fitted, model.name)),
    passesOf: (model, set) => {
      const rows = selection.filter((row) => row.model === model.name);
      const concerned = set.role === 'outlier' ? rows.filter((row) => row.outlier === set.name) : rows;
      return chosenPasses(concerned, experiment.grid);
    },
  };
}

/**
 * Fits temperatures and chooses cells from the finished shards of wave 1, and measures of ensembles. Outlier sets, or the pools of several that they
 * are chosen on, are read one at a time, since a split at every cell is large.
 * @throws RunFailedError when shards are missing or a set has no usable image
 */
export async function selectCells(run: OpenRun, planned: readonly PlannedShard[]): Promise<Selected> {
  const pools = selectionPools(run.experiment);
  const rows: SelectionRow[] = [];
  const surfaces: PoolSurfaces[] = [];
  const failed = new Map<string, number>();
  const fitted = await fitTemperatures(run, planned);
  for (const subject of subjectsOf(run, planned, searchWave(run), fitted)) {
    const load = async (names: readonly string[]): Promise<SplitScores> => {
      const splits: SplitScores[] = [];
      for (const set of run.sets.filter(({ name }) => names.includes(name))) {
        const scores = await subject.load(set);
        failed.set(`${subject.name}\0${set.name}`, scores.failed);
        splits.push(scores);
      }
      return poolScores(names.join(' + '), splits);
    };
    const search = prepareSearch({
      model: subject.name,
      inDomain: await load(pools.inDomain),
      detectors: subject.detectors,
      grid: run.experiment.grid,
    });
    const chosen = new Map<string, Choice>();
    for (const [outlier, names] of pools.outliers) {
      const pool = names.join('\0');
      const known = chosen.get(pool) ?? search.choose(await load(names));
      if (!chosen.has(pool)) surfaces.push({ model: subject.name, pool: names, detectors: known.surfaces });
      chosen.set(pool, known);
      rows.push(...known.rows.map((row) => ({ ...row, outlier })));
    }
  }
  return {
    rows,
    surfaces,
    validationFailed: (subject, set) => failed.get(`${subject.name}\0${set.name}`) ?? 0,
  };
}
