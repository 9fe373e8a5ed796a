import { shownName, type TableDatum } from '../tables/table.js';
import type { AccuracyRow } from './result-rows.js';
import type { ModelOutlierPair, Results } from './results.js';

/** What is said below a table of metrics: how to read its figures, images left out per set, and the seed. */
export function metricNotes(results: Results): readonly string[] {
  const { deviation, interval } = results.resamplings;
  const none = results.metrics.some(({ low, high }) => low === high)
    ? ' (— where all resamples are alike, which says nothing of how a figure varies)'
    : '';
  return [
    `Estimate ± σ over ${deviation} resamplings; 95 % interval: percentiles over ${interval}${none}.`,
    ...leftOutNotes(results),
  ];
}

/** Where there are more sets, only those are named of which images were left out. */
const mostNamed = 20;

/** What is said below the table of accuracies: images left out per set, and the seed. */
export function leftOutNotes({ accuracy, seed }: Results): readonly string[] {
  const sets = [...new Set(accuracy.map((row) => row.set))].map((set) =>
    accuracy.filter((row) => row.set === set),
  );
  const isWhole = (rows: readonly AccuracyRow[]) =>
    rows.every((row) => row.validationFailed + row.failed === 0);
  const named = sets.length > mostNamed ? sets.filter((rows) => !isWhole(rows)) : sets;
  const others = sets.length - named.length;
  const counts = named.map(leftOut);
  if (others > 0) counts.push(`none of ${named.length > 0 ? 'the other ' : ''}${others} sets`);
  return [
    `Left out as unreadable or not finite (validation + test images): ${counts.join(', ')}.`,
    `Seed ${seed}.`,
  ];
}

/** The set's name and its two counts; by model where models differ. */
function leftOut(rows: readonly AccuracyRow[]): string {
  const count = (row: AccuracyRow) => `${row.validationFailed} + ${row.failed}`;
  const set = shownName(rows[0]?.set ?? '');
  const distinct = new Set(rows.map(count));
  if (distinct.size === 1) return `${set} ${[...distinct].join()}`;
  return `${set} ${rows.map((row) => `${count(row)} (${shownName(row.model)})`).join(' / ')}`;
}

/** Names of `origin` in data. */
export const originNames: readonly string[] = ['seed', 'deviationResamplings', 'intervalResamplings'];

/** The notes' seed and resamplings as data. */
export function origin({ seed, resamplings }: Results): readonly TableDatum[] {
  return [seed, resamplings.deviation, resamplings.interval];
}

/** Names of `imagesOf` in data. */
export const imageNames: readonly string[] = [
  'inDomainImages',
  'inDomainFailed',
  'inDomainValidationFailed',
  'outlierImages',
  'outlierFailed',
  'outlierValidationFailed',
];

/** Images used and left out of a pair's two sets as data; null where no accuracy row tells. */
export function imagesOf(
  { accuracy, inDomainRoles = ['in-domain'] }: Results,
  { model, outlier }: ModelOutlierPair,
): readonly TableDatum[] {
  const ofModel = accuracy.filter((row) => row.model === model);
  const sides = [
    ofModel.filter((row) => inDomainRoles.includes(row.role)),
    ofModel.filter((row) => row.role === 'outlier' && row.set === outlier),
  ];
  return sides.flatMap((rows) =>
    (['images', 'failed', 'validationFailed'] as const).map((count) =>
      rows.length === 0 ? null : rows.reduce((sum, row) => sum + row[count], 0),
    ),
  );
}
