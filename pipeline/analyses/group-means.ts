import { evaluate } from '../../stages/metrics/curve.js';
import { photographKeys } from '../../stages/metrics/draw-photographs.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import { quantile } from '../../stages/metrics/summary.js';
import { type AveragedSets, averagedSets } from '../reduction/averaged-sets.js';
import type { AnalysisInput, SubjectLook, WholeAnalysis } from './analysis.js';
import { type GroupMeanRow, groupMeanRows } from './group-mean-rows.js';
import { groupMeanTable } from './group-mean-table.js';
import { rankedDetectors } from './ranked-detectors.js';

/** A mean of one detector's metrics while sets are added to it. */
interface GrowingMean {
  readonly of: AveragedSets;
  /** Among the means of the experiment. */
  readonly place: number;
  readonly detector: string;
  /** By metric. */
  readonly values: Float64Array;
  /** [resamples, metrics] row-major. */
  readonly samples: Float64Array;
}

/**
 * Means of metrics over outlier sets, with intervals. Sets are compared with the same in-domain images, and corrupted ones are
 * made of the same photographs: so a resample draws every photograph once for all sets.
 */
export const groupMeans: WholeAnalysis<GroupMeanRow> = {
  name: 'group-means',
  rows: groupMeanRows,
  isAsked: (experiment) => averagedSets(experiment).length > 0,
  begin: (): SubjectLook<GroupMeanRow> => {
    let model = '';
    const means = new Map<string, GrowingMean>();
    return {
      add: async (input) => {
        model = input.subject.name;
        await addSet(means, input);
      },
      rows: () =>
        [...means.values()].sort((a, b) => a.place - b.place).flatMap((mean) => rowsOf(model, mean)),
    };
  },
  tables: groupMeanTable,
};

async function addSet(means: Map<string, GrowingMean>, input: AnalysisInput): Promise<void> {
  const { experiment, inDomain, analysed, resampler } = input;
  const averages = Array.from(averagedSets(experiment), (of, place) => ({ of, place })).filter(({ of }) =>
    of.weights.has(analysed.set.name),
  );
  const found = averages.length === 0 ? [] : rankedDetectors(input);
  if (found.length === 0) return;
  const rankings = found.map(({ ranking }) => ranking);
  const keys = photographKeys({ seed: experiment.seed, inDomain: inDomain.set.name }, [
    inDomain.test,
    analysed.test,
  ]);
  const samples = await resampler.resample(rankings, keys, experiment.resamplings.interval);
  for (const [nth, { row, ranking }] of found.entries()) {
    const values = evaluate(ranking);
    for (const average of averages) {
      const weight = average.of.weights.get(analysed.set.name) ?? 0;
      const mean = growing(means, average, row.detector, experiment.resamplings.interval);
      for (const [metric, name] of metricNames.entries())
        mean.values[metric] = (mean.values[metric] ?? 0) + weight * values[name];
      const ofSet = samples[nth] ?? new Float64Array();
      for (let at = 0; at < mean.samples.length; at += 1)
        mean.samples[at] = (mean.samples[at] ?? 0) + weight * (ofSet[at] ?? Number.NaN);
    }
  }
}

function growing(
  means: Map<string, GrowingMean>,
  average: Pick<GrowingMean, 'of' | 'place'>,
  detector: string,
  resamples: number,
): GrowingMean {
  const key = JSON.stringify([average.place, detector]);
  const metrics = metricNames.length;
  const mean = means.get(key) ?? {
    ...{ ...average, detector },
    values: new Float64Array(metrics),
    samples: new Float64Array(resamples * metrics),
  };
  means.set(key, mean);
  return mean;
}

function rowsOf(model: string, { of, detector, values, samples }: GrowingMean): readonly GroupMeanRow[] {
  return metricNames.map((metric, column) => {
    const sorted = Float64Array.from(
      { length: samples.length / metricNames.length },
      (_, resample) => samples[resample * metricNames.length + column] ?? Number.NaN,
    ).sort();
    return {
      ...{ model, kind: of.kind, name: of.name, sets: of.weights.size, detector, metric },
      value: values[column] ?? Number.NaN,
      low: quantile(sorted, 0.025),
      high: quantile(sorted, 0.975),
    };
  });
}
