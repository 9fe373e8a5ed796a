import type { Manifest } from '../manifests/manifest.js';
import { readManifest } from '../manifests/read-manifest.js';
import type { RowParts } from '../manifests/row-parts.js';

/** A manifest as threads send it: its rows without their methods. */
export interface SentManifest extends Omit<Manifest, 'rows'> {
  readonly rows: RowParts;
}

/** The entry of a piscina worker: reads a manifest. @throws InputError as `readManifest`, but of no class that crosses threads */
export default async function read(file: string): Promise<SentManifest> {
  const { rows, ...others } = await readManifest(file);
  return { ...others, rows: rows.parts };
}
