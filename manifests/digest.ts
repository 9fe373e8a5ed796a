import { createHash } from 'node:crypto';
import type { ManifestRow } from './manifest.js';

/**
 * sha256 (hex) over the rows of a manifest: id, path as written, label, base. It does not depend on where the
 * manifest lies, nor on which defaults were spelled out.
 * @param written the path of each row as the manifest writes it
 */
export function manifestDigest(rows: readonly ManifestRow[], written: readonly string[]): string {
  const hash = createHash('sha256');
  rows.forEach(({ id, label, base }, i) => {
    hash.update(`${JSON.stringify([id, written[i], label, base])}\n`);
  });
  return hash.digest('hex');
}
