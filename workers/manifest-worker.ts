import { transferableSymbol, valueSymbol } from 'piscina';
import type { Manifest } from '../manifests/manifest.js';
import { ReadingRoom, readManifest } from '../manifests/read-manifest.js';
import type { RowParts } from '../manifests/row-parts.js';

/** A manifest as threads send it: its rows without their methods. */
export interface SentManifest extends Omit<Manifest, 'rows'> {
  readonly rows: RowParts;
}

/** A thread reads one manifest at a time. */
const room = new ReadingRoom();

/** The entry of a piscina worker: reads a manifest. @throws InputError as `readManifest`, but of no class that crosses threads */
export default async function read(file: string): Promise<SentManifest> {
  const { rows, ...others } = await readManifest(file, room);
  const { parts } = rows;
  const sent = { ...others, rows: parts };
  // Rows are moved, each array being alone in its memory: as copies they would be there twice for a while.
  const moved = [parts.text, parts.starts, parts.labels, parts.ids, parts.bases].flatMap((part) =>
    part === null ? [] : [part.buffer],
  );
  return Object.assign(sent, { [transferableSymbol]: moved, [valueSymbol]: { ...sent } });
}
