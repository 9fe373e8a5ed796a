import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { OpenModel, OpenRun, OpenSet } from '../opening/opened.js';
import { reduceAccuracy, reducePair } from '../reduction/reduce-pair.js';
import type { Resampler } from '../reduction/resampler.js';
import type { AccuracyRow, MetricRow } from '../reduction/result-rows.js';
import { loadSplit } from '../store/load-split.js';
import { chosenWave, type Selected } from '../waves/select-cells.js';

/** What the test splits say. */
export interface Reduced {
  readonly metrics: readonly MetricRow[];
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
  const { seed, resamplings } = run.experiment;
  const wave = chosenWave(run, selected.rows);
  const metrics: MetricRow[] = [];
  const accuracy: AccuracyRow[] = [];
  const load = async (model: OpenModel, set: OpenSet): Promise<SplitScores> => {
    const test = await loadSplit(run, planned, {
      model: model.name,
      set: set.name,
      manifest: set.rows,
      rows: set.split.test,
      passes: wave.passesOf(model, set),
    });
    const validation = { ...test, failed: selected.validationFailed(model, set) };
    accuracy.push(reduceAccuracy({ model: model.name, role: set.role, validation, test }));
    return test;
  };
  const [inDomainSet, ...outlierSets] = run.sets;
  if (inDomainSet === undefined) return { metrics, accuracy };
  for (const model of run.models) {
    const inDomain = await load(model, inDomainSet);
    for (const set of outlierSets) {
      const outlier = await load(model, set);
      metrics.push(
        ...(await reducePair({
          model: model.name,
          inDomain,
          outlier,
          selection: selected.rows,
          seed,
          resamplings,
          resampler,
        })),
      );
    }
  }
  return { metrics, accuracy };
}
