import type { Manifest } from '../../manifests/manifest.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';

/** A shard as a reader of messages can find it: what it is made of, and its images in their manifest. */
export function shardName(shard: PlannedShard, set: Pick<Manifest, 'rows'> | undefined): string {
  const [row = 0] = shard.rows;
  const count = shard.rows.length;
  const images = count === 1 ? `the image of row ${row + 1}` : `${count} images from row ${row + 1}`;
  const path = set?.rows.at(row)?.path;
  return (
    `shard ${shard.id.slice(0, 12)} (model ${shard.model}, set ${shard.set}, ${images}` +
    `${path === undefined ? '' : `, ${path}`})`
  );
}
