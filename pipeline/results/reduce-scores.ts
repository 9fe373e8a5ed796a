import { detectorNamed } from '../../stages/detectors/index.js';
import { logitReadings } from '../../stages/detectors/logit-readings.js';
import { poolScores } from '../../stages/metrics/pool-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { SetRole } from '../experiment/sets.js';
import type { OpenModel, OpenRun, OpenSet } from '../opening/opened.js';
import { reduceAccuracy, reducePair } from '../reduction/reduce-pair.js';
import type { Resampler } from '../reduction/resampler.js';
import type { AccuracyRow, MetricRow } from '../reduction/result-rows.js';
import { loadSplit } from '../store/load-split.js';
import { chosenWave, type Selected } from '../waves/select-cells.js';

/** What the test splits say. */
export interface Reduced {
  readonly metrics: readonly MetricRow[];
  /** With the covariate-shifted sets as in-domain too; empty where there are none. */
  readonly fullSpectrum: readonly MetricRow[];
  readonly accuracy: readonly AccuracyRow[];
}

/**
 * Computes metrics and accuracies from the finished shards of wave 2.
 * @throws RunFailedError when shards are missing or a set has no usable image
 */
export async function reduceScores(
  run: OpenRun,
  planned: readonly PlannedShard[],
  selected: Selected,
  resampler: Resampler,
): Promise<Reduced> {
  const { seed, resamplings, detectors, grid } = run.experiment;
  const ofLogits = logitReadings(detectors.map(detectorNamed), grid);
  const wave = chosenWave(run, selected.rows);
  const metrics: MetricRow[] = [];
  const fullSpectrum: MetricRow[] = [];
  const accuracy: AccuracyRow[] = [];
  const load = async (model: OpenModel, set: OpenSet): Promise<SplitScores> => {
    const test = await loadSplit(run, planned, {
      model: model.name,
      set: set.name,
      manifest: set.rows,
      rows: set.split.test,
      passes: wave.passesOf(model, set),
      ownClasses: set.ownClasses,
      ofLogits,
    });
    const validation = { ...test, failed: selected.validationFailed(model, set) };
    accuracy.push(reduceAccuracy({ model: model.name, role: set.role, validation, test }));
    return test;
  };
  const inRole = (role: SetRole): readonly OpenSet[] => run.sets.filter((set) => set.role === role);
  const loadAll = async (model: OpenModel, role: SetRole): Promise<readonly SplitScores[]> => {
    const splits: SplitScores[] = [];
    for (const set of inRole(role)) splits.push(await load(model, set));
    return splits;
  };
  for (const model of run.models) {
    const [inDomain] = await loadAll(model, 'in-domain');
    if (inDomain === undefined) continue;
    const shifted = await loadAll(model, 'covariate-shifted');
    const whole = poolScores('the full spectrum', [inDomain, ...shifted]);
    for (const set of inRole('outlier')) {
      const outlier = await load(model, set);
      const reduce = (known: SplitScores): Promise<MetricRow[]> =>
        reducePair({
          model: model.name,
          inDomain: known,
          outlier,
          selection: selected.rows,
          seed,
          resamplings,
          resampler,
        });
      metrics.push(...(await reduce(inDomain)));
      if (shifted.length > 0) fullSpectrum.push(...(await reduce(whole)));
    }
    // Nothing is reported on these, but what was left out of them is.
    await loadAll(model, 'validation');
  }
  return { metrics, fullSpectrum, accuracy };
}
