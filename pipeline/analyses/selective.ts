import { resamplesNeeded } from '../../stages/metrics/bootstrap.js';
import { clustersOf } from '../../stages/metrics/clusters.js';
import { photographKeys } from '../../stages/metrics/draw-photographs.js';
import { streamKey } from '../../stages/metrics/draw-resample.js';
import { rank } from '../../stages/metrics/ranking.js';
import { deviation, quantile } from '../../stages/metrics/summary.js';
import { selectiveFigures, selectiveMetrics } from '../../stages/selective/kinds/index.js';
import { oscr } from '../../stages/selective/kinds/oscr.js';
import { evaluateSelective } from '../../stages/selective/resample-selective.js';
import type { Failures } from '../../stages/selective/risks.js';
import { rankOutcomes } from '../../stages/selective/selective-ranking.js';
import { isOfNewClasses } from '../experiment/new-classes.js';
import { mainAblation } from '../reduction/results.js';
import type { Analysis, AnalysisInput } from './analysis.js';
import { labelledImages } from './calibrated-split.js';
import { chosenForSet, chosenScores } from './chosen-scores.js';
import { type SelectiveRow, selectiveRows } from './selective-rows.js';
import { selectiveTables } from './selective-table.js';

/**
 * How well each detector itself (its ablations would take as long again) tells predictions to accept from those that had better
 * be refused: wrong ones, and outliers.
 */
export const selective: Analysis<SelectiveRow> = {
  name: 'selective',
  rows: selectiveRows,
  isAsked: () => true,
  reduce: async (input) => {
    const { experiment, selection, inDomain, analysed } = input;
    const { set, test } = analysed;
    const known = inDomain.test;
    const chosen = chosenForSet(selection, set.name, mainAblation);
    const labelled = labelledImages(known);
    if (set.role !== 'outlier' || chosen.length === 0 || labelled === 0) return [];
    const { predicted } = known.at({ epsilon: 0, temperature: 1 });
    const wrong = known.labels.reduce(
      (sum, label, image) => sum + (label >= 0 && predicted[image] !== label ? 1 : 0),
      0,
    );
    const summaries = await summariesOf(input, chosen, predicted);
    const listed = experiment.outliers.find(({ name }) => name === set.name);
    const isNew = listed !== undefined && isOfNewClasses(listed, test);
    const reported = selectiveMetrics.filter(({ name }) => isNew || name !== oscr.name);
    return chosen.flatMap(({ validationAuroc: _, ...row }, nth): SelectiveRow[] =>
      reported.map(({ name }) => {
        const alone = summaries[nth]?.get(`${name} wrong`);
        const both = summaries[nth]?.get(`${name} wrong-or-outlier`);
        return {
          ...row,
          metric: name,
          value: alone?.value ?? Number.NaN,
          deviation: alone?.deviation ?? null,
          low: alone?.low ?? null,
          high: alone?.high ?? null,
          valueWithOutliers: both?.value ?? null,
          deviationWithOutliers: both?.deviation ?? null,
          lowWithOutliers: both?.low ?? null,
          highWithOutliers: both?.high ?? null,
          labelled,
          wrong,
          outlierImages: test.size,
        };
      }),
    );
  },
  tables: selectiveTables,
};

interface FigureSummary {
  readonly value: number;
  readonly deviation: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

type FigureName = `${SelectiveRow['metric']} ${Failures}`;

/** Of each chosen detector its figures, over the resamples that its curve metrics see. */
async function summariesOf(
  { experiment, subject, inDomain, analysed, resampler }: AnalysisInput,
  chosen: AnalysisInput['selection'],
  predicted: Int32Array,
): Promise<readonly ReadonlyMap<FigureName, FigureSummary>[]> {
  const { seed, resamplings } = experiment;
  const rankings = chosen.map((row) => {
    const [inside, outside] = [inDomain.test, analysed.test].map((split) =>
      chosenScores(subject, row, split),
    ) as [Float64Array, Float64Array];
    return rankOutcomes(rank(inside, outside, row.detector), predicted, inDomain.test.labels);
  });
  const key = streamKey({ seed, model: subject.name, outlier: analysed.set.name });
  const clusters = clustersOf(inDomain.test, analysed.test);
  const needed = resamplesNeeded(resamplings);
  const samples = await resampler.resampleSelective(
    rankings,
    key,
    clusters === null ? needed : resamplings.deviation,
  );
  // As of the curve metrics: intervals of rows that share photographs are of photographs.
  const behindIntervals =
    clusters === null
      ? samples
      : await resampler.resampleSelective(
          rankings,
          photographKeys({ seed, inDomain: inDomain.set.name }, [inDomain.test, analysed.test]),
          resamplings.interval,
        );
  const width = selectiveFigures.length;
  return rankings.map((ranking, nth) => {
    const values = evaluateSelective(ranking);
    const columnOf = (table: Float64Array | undefined, at: number) =>
      (table ?? new Float64Array()).filter((_, place) => place % width === at);
    return new Map(
      selectiveFigures.map(({ metric, failures }, at): [FigureName, FigureSummary] => {
        const column = columnOf(samples[nth], at).slice(0, resamplings.deviation);
        const sorted = columnOf(behindIntervals[nth], at).slice(0, resamplings.interval).sort();
        const isWhole = [...column, ...sorted].every((value) => !Number.isNaN(value));
        return [
          `${metric.name} ${failures}`,
          {
            value: values[at] ?? Number.NaN,
            deviation: isWhole ? deviation(column) : null,
            low: isWhole ? quantile(sorted, 0.025) : null,
            high: isWhole ? quantile(sorted, 0.975) : null,
          },
        ];
      }),
    );
  });
}
