import { digestOfRows } from '../../manifests/digest.js';
import type { Manifest } from '../../manifests/manifest.js';
import { type ModelIdentity, shardIdentity } from '../../workers/shard-identity.js';
import type { PlannedShard, ShardPasses } from '../../workers/store/planned-shard.js';

/** The identity of a shard as an experiment's own files give it. */
export type IdentityOf = (
  model: ModelIdentity,
  manifest: Manifest,
  shard: ShardPasses & Pick<PlannedShard, 'rows'>,
) => string;

/** @returns computes identities; what many shards share is hashed once */
export function identities(): IdentityOf {
  const digests = new WeakMap<Manifest, WeakMap<Int32Array, string>>();
  return (model, manifest, shard) => {
    let known = digests.get(manifest);
    if (known === undefined) {
      known = new WeakMap();
      digests.set(manifest, known);
    }
    let images = known.get(shard.rows);
    if (images === undefined) {
      images = digestOfRows(manifest.rows, shard.rows);
      known.set(shard.rows, images);
    }
    return shardIdentity(model, images, shard, manifest.corrupt);
  };
}

/** The files of an experiment, by the names that plans use. */
export interface PlanFiles {
  /** The identity of a model on a set; undefined where there is no such model or set. */
  readonly identityOn: (model: string, set: string) => ModelIdentity | undefined;
  readonly manifests: ReadonlyMap<string, Manifest>;
}

/**
 * The shards of a plan whose identity follows from an experiment's own files. The others were planned for other files,
 * and are left out.
 * @param relocate finds the rows of a shard in a manifest that has changed, or null
 */
export async function validShards(
  planned: readonly PlannedShard[],
  { identityOn, manifests }: PlanFiles,
  identityOf: IdentityOf,
  relocate: (shard: PlannedShard, manifest: Manifest) => Promise<Int32Array | null>,
): Promise<PlannedShard[]> {
  const valid: PlannedShard[] = [];
  for (const shard of planned) {
    const model = identityOn(shard.model, shard.set);
    const manifest = manifests.get(shard.set);
    if (model === undefined || manifest === undefined) continue;
    if (identityOf(model, manifest, shard) === shard.id) {
      valid.push(shard);
      continue;
    }
    const rows = await relocate(shard, manifest);
    if (rows === null) continue;
    const moved = { ...shard, rows };
    if (identityOf(model, manifest, moved) === shard.id) valid.push(moved);
  }
  return valid;
}
