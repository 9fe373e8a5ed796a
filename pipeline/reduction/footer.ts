import type { CsvCell } from './csv.js';
import { plainCell } from './markdown.js';
import type { AccuracyRow } from './result-rows.js';
import type { Pair, Results } from './results.js';

/** What a Markdown table of metrics ends with: how to read its figures, images left out per set, and the seed. */
export function metricsFooter(results: Results): string {
  const { deviation, interval } = results.resamplings;
  return `Estimate ± σ over ${deviation} resamplings; 95 % interval: percentiles over ${interval}.\n${accuracyFooter(results)}`;
}

/** What the table of accuracies ends with: images left out per set, and the seed. */
export function accuracyFooter({ accuracy, seed }: Results): string {
  const sets = [...new Set(accuracy.map((row) => row.set))];
  const counts = sets.map((set) => leftOut(accuracy.filter((row) => row.set === set)));
  return `Left out as unreadable or not finite (validation + test images): ${counts.join(', ')}.\nSeed ${seed}.\n`;
}

/** The set's name and its two counts; by model where models differ. */
function leftOut(rows: readonly AccuracyRow[]): string {
  const count = (row: AccuracyRow) => `${row.validationFailed} + ${row.failed}`;
  const set = plainCell(rows[0]?.set ?? '');
  const distinct = new Set(rows.map(count));
  if (distinct.size === 1) return `${set} ${[...distinct].join()}`;
  return `${set} ${rows.map((row) => `${count(row)} (${plainCell(row.model)})`).join(' / ')}`;
}

/** Heads the columns of `originCells`. */
export const originHeader: readonly string[] = ['seed', 'deviationResamplings', 'intervalResamplings'];

/** The footer's seed and resamplings as CSV cells. */
export function originCells({ seed, resamplings }: Results): readonly CsvCell[] {
  return [seed, resamplings.deviation, resamplings.interval];
}

/** Heads the columns of `pairCells`. */
export const pairHeader: readonly string[] = [
  'inDomainImages',
  'inDomainFailed',
  'inDomainValidationFailed',
  'outlierImages',
  'outlierFailed',
  'outlierValidationFailed',
];

/** Images used and left out of a pair's two sets as CSV cells; empty where no accuracy row tells. */
export function pairCells({ accuracy }: Results, { model, outlier }: Pair): readonly CsvCell[] {
  const ofModel = accuracy.filter((row) => row.model === model);
  const rows = [
    ofModel.find((row) => row.role === 'in-domain'),
    ofModel.find((row) => row.role === 'outlier' && row.set === outlier),
  ];
  return rows.flatMap((row) => [row?.images ?? null, row?.failed ?? null, row?.validationFailed ?? null]);
}
