import type { TableCell, TableColumn } from './table.js';

/** Where there is no figure. */
export const noFigure = '—';

/** Behind what the paired test can't tell from the best of its row. */
export const levelMark = '†';

/** Behind what could not be tested against the best of its row. */
export const untestedMark = '‡';

/** What stands behind a figure. */
export const besideMarks = { level: levelMark, untested: untestedMark } as const;

/** Three decimals. */
export function threeDecimals(value: number): string {
  return value.toFixed(3);
}

/** A fraction is not shown as 0 or 1 that is neither by this many decimals. */
const mostDecimals = 6;

/** A fraction as the tables show it: three decimals, or as many more as tell it from 0 and from 1. */
export function fractionText(value: number): string {
  for (let decimals = 3; decimals <= mostDecimals; decimals += 1) {
    const text = value.toFixed(decimals);
    const isEnd = Number(text) === 0 || Number(text) === 1;
    if (!isEnd) return text;
  }
  return threeDecimals(value);
}

/** What adding up equal numbers leaves of a σ of 0. */
const roundingError = 1e-12;

/**
 * A metric on the test images ± σ of the bootstrap, rounded as in the paper: three decimals, but one significant digit
 * for a σ that would be shown as 0.000.
 */
export function estimateAndDeviation(estimate: number, deviation: number | null): string {
  if (deviation === null) return fractionText(estimate);
  const small = deviation > roundingError && deviation < 0.0005;
  return `${fractionText(estimate)} ± ${small ? oneDigit(deviation) : threeDecimals(deviation)}`;
}

/** How far a figure is from a published one, in σ. */
export function inDeviations(difference: number): string {
  const size = Number.isFinite(difference) ? Math.abs(difference).toFixed(1) : '∞';
  return `${difference < 0 ? '−' : '+'}${size}`;
}

/** The ends of an interval in [0, 1]. */
export function interval(low: number, high: number): string {
  return `${fractionText(low)} – ${fractionText(high)}`;
}

/** The same, but a dash where all resamples are alike, as of a ROC-AUC of 1: that says nothing of how it varies. */
export function intervalOrNone(low: number, high: number): string {
  return low === high ? noFigure : interval(low, high);
}

/** A fraction in per cent with one decimal, as the paper's table 3; a dash for none. */
export function percent(fraction: number | null): string {
  return fraction === null ? noFigure : (100 * fraction).toFixed(1);
}

/** A quantity to four digits, in per cent or with three decimals, with its interval; a dash for none. */
export function quantity(cell: TableCell | null, unit: TableColumn['unit'] = 'number'): string {
  if (cell === null || cell.value === null) return noFigure;
  const { value, spread } = cell;
  const alone = quantityAlone(value, unit);
  if (spread === null) return alone;
  return `${alone} (${quantityAlone(spread.low, unit)} – ${quantityAlone(spread.high, unit)})`;
}

/** The same of a number. */
export function quantityAlone(value: number, unit: TableColumn['unit'] = 'number'): string {
  if (unit === 'fraction') return fractionText(value);
  return unit === 'percent' ? percent(value) : fourDigits(value);
}

function fourDigits(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : noFigure;
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 0.001 && size < 100_000);
  const text = plain ? String(Number(value.toPrecision(4))) : value.toExponential(3);
  return text.replace(/^-/, '−');
}

/** One significant digit, without an exponent. */
function oneDigit(value: number): string {
  const [digit = '', exponent = ''] = value.toExponential(0).split('e');
  return `0.${'0'.repeat(-Number(exponent) - 1)}${digit}`;
}
