import type { Detector } from '../../stages/detectors/detector.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { logitReadings } from '../../stages/detectors/logit-readings.js';
import { ensembleDetectorNamed } from '../../stages/ensembles/detectors.js';
import { poolScores } from '../../stages/metrics/pool-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { SetRole } from '../experiment/sets.js';
import type { OpenRun, OpenSet } from '../opening/opened.js';
import { reduceAccuracy, reducePair } from '../reduction/reduce-pair.js';
import type { Resampler } from '../reduction/resampler.js';
import type { AccuracyRow, MetricRow } from '../reduction/result-rows.js';
import { loadEnsemble } from '../store/load-ensemble.js';
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
  const { seed, resamplings, detectors, grid, ensembles = [] } = run.experiment;
  const ofLogits = logitReadings(detectors.map(detectorNamed), grid);
  const wave = chosenWave(run, selected.rows);
  const metrics: MetricRow[] = [];
  const fullSpectrum: MetricRow[] = [];
  const accuracy: AccuracyRow[] = [];
  const inRole = (role: SetRole): readonly OpenSet[] => run.sets.filter((set) => set.role === role);
  const subjects: readonly Subject[] = [
    ...run.models.map(
      (model): Subject => ({
        name: model.name,
        load: (set) =>
          loadSplit(run, planned, {
            model: model.name,
            set: set.name,
            manifest: set.rows,
            rows: set.split.test,
            passes: wave.passesOf(model, set),
            ownClasses: set.ownClasses,
            ofLogits,
          }),
      }),
    ),
    ...ensembles.map(
      (ensemble): Subject => ({
        name: ensemble.name,
        detectorOf: ensembleDetectorNamed,
        load: (set) =>
          loadEnsemble(run, planned, {
            ensemble,
            set: set.name,
            manifest: set.rows,
            rows: set.split.test,
          }),
      }),
    ),
  ];
  for (const subject of subjects) {
    const load = async (set: OpenSet): Promise<SplitScores> => {
      const test = await subject.load(set);
      const validation = { ...test, failed: selected.validationFailed(subject, set) };
      accuracy.push(reduceAccuracy({ model: subject.name, role: set.role, validation, test }));
      return test;
    };
    const loadAll = async (role: SetRole): Promise<readonly SplitScores[]> => {
      const splits: SplitScores[] = [];
      for (const set of inRole(role)) splits.push(await load(set));
      return splits;
    };
    const [inDomain] = await loadAll('in-domain');
    if (inDomain === undefined) continue;
    const shifted = await loadAll('covariate-shifted');
    const whole = poolScores('the full spectrum', [inDomain, ...shifted]);
    for (const set of inRole('outlier')) {
      const outlier = await load(set);
      const reduce = (known: SplitScores): Promise<MetricRow[]> =>
        reducePair({
          model: subject.name,
          inDomain: known,
          outlier,
          selection: selected.rows,
          seed,
          resamplings,
          resampler,
          ...(subject.detectorOf && { detectorOf: subject.detectorOf }),
        });
      metrics.push(...(await reduce(inDomain)));
      if (shifted.length > 0) fullSpectrum.push(...(await reduce(whole)));
    }
    // Nothing is reported on these, but what was left out of them is.
    await loadAll('validation');
  }
  return { metrics, fullSpectrum, accuracy };
}

/** What images are scored by: a model, or an ensemble of several. */
interface Subject {
  readonly name: string;
  readonly load: (set: OpenSet) => Promise<SplitScores>;
  readonly detectorOf?: (name: string) => Detector;
}
