import { dirname } from 'node:path';
import type { Manifest } from '../../manifests/manifest.js';
import { InputError } from '../../stages/errors.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';

/**
 * Refuses sets whose manifests say the same of different images, as those of two folders with the same tree may: a shard is
 * known by what a manifest says of its rows, paths being below the manifest's folder, so that each set would get scores of the
 * other's images. The same images under two names do share their shards.
 * @param manifests by set
 * @throws InputError naming two such sets and the remedy
 */
export function requireOwnImages(
  shards: readonly PlannedShard[],
  manifests: ReadonlyMap<string, Manifest>,
): void {
  const firstOf = new Map<string, PlannedShard>();
  const known = new Set<string>();
  for (const shard of shards) {
    const first = firstOf.get(shard.id);
    if (first === undefined) firstOf.set(shard.id, shard);
    if (first === undefined || first.set === shard.set) continue;
    const pair = `${first.set}\0${shard.set}`;
    const [a, b] = [manifests.get(first.set), manifests.get(shard.set)];
    if (known.has(pair) || a === undefined || b === undefined) continue;
    known.add(pair);
    const differs = (row: number, index: number): boolean =>
      a.rows.pathAt(row) !== b.rows.pathAt(shard.rows[index] ?? -1);
    if (!first.rows.some(differs)) continue;
    throw new InputError(
      `sets "${first.set}" and "${shard.set}": ${a.file} and ${b.file} list the same paths, ids and labels below ` +
        `${dirname(a.file)} and ${dirname(b.file)}, and scores are known by these; write both manifests into one folder, ` +
        'so that their paths differ',
    );
  }
}
