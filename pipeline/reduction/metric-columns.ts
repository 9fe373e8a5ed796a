import type { CsvCell } from './csv.js';
import type { MetricRow } from './result-rows.js';

// The estimate, which the Markdown tables show, before the resamplings' mean, which they don't.
const parts = ['value', 'deviation', 'low', 'high', 'mean', 'epsilon', 'temperature'] as const;

/** Heads the CSV columns of one detector or ablation, for example `SG.value`. */
export function metricHeader(column: string): readonly string[] {
  return parts.map((part) => `${column}.${part}`);
}

/** One metric with all digits and the cell it was computed at; empty cells where it was not computed. */
export function metricCells(row: MetricRow | undefined): readonly CsvCell[] {
  return parts.map((part) => row?.[part] ?? null);
}
