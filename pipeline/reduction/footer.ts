import type { AccuracyRow } from '../../stages/metrics/rows.js';
import type { CsvCell } from './csv.js';
import { plainCell } from './markdown.js';
import type { Pair, Results } from './results.js';

/** What every Markdown table ends with: images left out per set, seed and resamplings. */
export function footer({ accuracy, seed, resamplings }: Results): string {
  const sets = [...new Set(accuracy.map((row) => row.set))];
  const counts = sets.map((set) => leftOut(accuracy.filter((row) => row.set === set)));
  return (
    `Left out as unreadable or not finite (validation + test images): ${counts.join(', ')}. ` +
    `Seed ${seed}. μ ± σ over ${resamplings.deviation} resamplings, ` +
    `95 % intervals over ${resamplings.interval}.`
  );
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
