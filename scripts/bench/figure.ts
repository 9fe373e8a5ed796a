import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import type { Spread } from '../../workers/bench/measurement-spread.js';

/** One line of the benchmark's table. */
export interface Figure {
  readonly figure: string;
  /** What it has to keep to, for example `≤ 5.50`; empty where it only explains others. */
  readonly required: string;
  readonly measured: number;
  /** Quartiles, or null where it is measured once. */
  readonly spread: Pick<Spread, 'low' | 'high'> | null;
  /** What the multiplications alone would give at the rate of plain inference, or null where that is not known. */
  readonly floor: number | null;
  /** What follows the numbers: `×`, `ms`, `MB`, `%`. */
  readonly unit: string;
}

/** The figures as a Markdown table. */
export function figureTable(figures: readonly Figure[]): string {
  return markdownGrid(
    [
      { title: 'figure', align: 'left' },
      { title: 'required', align: 'right' },
      { title: 'measured', align: 'right' },
      { title: 'quartiles', align: 'right' },
      { title: 'floor', align: 'right' },
    ],
    figures.map(({ figure, required, measured, spread, floor, unit }) => [
      figure,
      required,
      `${digits(measured)} ${unit}`,
      spread === null ? '' : `${digits(spread.low)} – ${digits(spread.high)}`,
      floor === null ? '' : digits(floor),
    ]),
  );
}

const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
