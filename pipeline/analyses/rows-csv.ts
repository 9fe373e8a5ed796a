import { csv } from '../tables/csv.js';
import type { TableDatum } from '../tables/table.js';
import type { AnyAnalysis } from './index.js';

/** The rows of an analysis as CSV, a column for each of theirs. */
export function rowsCsv({ rows: type }: AnyAnalysis, rows: readonly unknown[]): string {
  const names: readonly string[] = type.names;
  return csv(
    names,
    rows.map((row) => names.map((name) => (row as Readonly<Record<string, TableDatum>>)[name] ?? null)),
  );
}
