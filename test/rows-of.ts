import type { ManifestRow } from '../manifests/manifest-row.js';
import type { ManifestRows } from '../manifests/manifest-rows.js';
import { RowCollector } from '../manifests/row-collector.js';

/** Rows as a manifest has them. @param folder that their paths are relative to */
export function rowsOf(rows: readonly ManifestRow[], folder = '/'): ManifestRows {
  const collector = new RowCollector();
  for (const row of rows) collector.add(row);
  return collector.finish(folder);
}
