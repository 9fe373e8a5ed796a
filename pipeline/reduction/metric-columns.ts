import type { MetricRow } from '../../stages/metrics/rows.js';
import type { CsvCell } from './csv.js';

const parts = ['mean', 'deviation', 'low', 'high', 'value', 'epsilon', 'temperature'] as const;

/** Heads the CSV columns of one detector or ablation, for example `SG.mean`. */
export function metricHeader(column: string): readonly string[] {
  return parts.map((part) => `${column}.${part}`);
}

/** One metric with all digits and the cell it was computed at; empty cells where it was not computed. */
export function metricCells(row: MetricRow | undefined): readonly CsvCell[] {
  return parts.map((part) => row?.[part] ?? null);
}
