import { poolScores } from '../../stages/metrics/pool-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { AnalysisRows } from '../analyses/index.js';
import type { SetRole } from '../experiment/sets.js';
import type { OpenRun, OpenSet } from '../opening/opened.js';
import { reduceAccuracy, reducePair, requireTestImages } from '../reduction/reduce-pair.js';
import type { Resampler } from '../reduction/resampler.js';
import type { AccuracyRow, MetricRow } from '../reduction/result-rows.js';
import { fittedIn } from '../selection/fitted.js';
import { chosenWave, type Selected } from '../waves/select-cells.js';
import { subjectsOf } from '../waves/subjects.js';
import { Analysing } from './analyse.js';

/** What the test splits say. */
export interface Reduced {
  readonly metrics: readonly MetricRow[];
  /** With the covariate-shifted sets as in-domain too; empty where there are none. */
  readonly fullSpectrum: readonly MetricRow[];
  readonly accuracy: readonly AccuracyRow[];
  readonly analyses: AnalysisRows;
}

/** Sets that detectors are compared on, so that none of them may be without a score. */
const compared: readonly SetRole[] = ['in-domain', 'outlier'];

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
  const { seed, resamplings } = run.experiment;
  const metrics: MetricRow[] = [];
  const fullSpectrum: MetricRow[] = [];
  const accuracy: AccuracyRow[] = [];
  const inRole = (role: SetRole): readonly OpenSet[] => run.sets.filter((set) => set.role === role);
  const analysing = new Analysing(run, planned, selected, resampler);
  const fitted = fittedIn(selected.rows, run.experiment.detectors);
  for (const subject of subjectsOf(run, planned, chosenWave(run, selected.rows), fitted)) {
    const analyse = analysing.of(subject);
    const load = async (set: OpenSet, whole: SplitScores | null = null): Promise<SplitScores> => {
      const test = await subject.load(set);
      if (compared.includes(set.role) && subject.detectors.length > 0) requireTestImages(test, subject.name);
      const validation = { ...test, failed: selected.validationFailed(subject, set) };
      accuracy.push(reduceAccuracy({ model: subject.name, role: set.role, validation, test }));
      await analyse(set, test, whole);
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
    const whole = shifted.length === 0 ? null : poolScores('the full spectrum', [inDomain, ...shifted]);
    for (const set of inRole('outlier')) {
      const outlier = await load(set, whole);
      if (subject.detectors.length === 0) continue;
      const reduce = (known: SplitScores): Promise<MetricRow[]> =>
        reducePair({
          model: subject.name,
          inDomain: known,
          outlier,
          selection: selected.rows,
          seed,
          resamplings,
          resampler,
          detectors: subject.detectors,
        });
      metrics.push(...(await reduce(inDomain)));
      if (whole !== null) fullSpectrum.push(...(await reduce(whole)));
    }
    // Nothing is reported on these, but what was left out of them is.
    await loadAll('validation');
  }
  return { metrics, fullSpectrum, accuracy, analyses: analysing.rows };
}
