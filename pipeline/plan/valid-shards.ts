import { digestOfRows } from '../../manifests/digest.js';
import type { Manifest } from '../../manifests/manifest.js';
import type { ManifestRows } from '../../manifests/manifest-rows.js';
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
  // Sets that are corrupted otherwise share the rows of one manifest.
  const digests = new WeakMap<ManifestRows, RowDigests>();
  return (model, manifest, shard) => {
    const known = digests.get(manifest.rows) ?? new RowDigests(manifest.rows);
    digests.set(manifest.rows, known);
    return shardIdentity(model, known.of(shard.rows), shard, manifest.corrupt);
  };
}

/** Digests of rows of a manifest. Models, temperatures and waves have lists of their own of the same rows. */
class RowDigests {
  readonly #rows: ManifestRows;
  readonly #known = new Map<string, { readonly numbers: Int32Array; readonly digest: string }[]>();

  constructor(rows: ManifestRows) {
    this.#rows = rows;
  }

  of(numbers: Int32Array): string {
    const key = `${numbers.length} ${numbers[0]} ${numbers.at(-1)}`;
    const alike = this.#known.get(key) ?? [];
    const found = alike.find((one) => isSame(one.numbers, numbers));
    if (found !== undefined) return found.digest;
    const digest = digestOfRows(this.#rows, numbers);
    this.#known.set(key, [...alike, { numbers, digest }]);
    return digest;
  }
}

/** Of lists that are as long. */
function isSame(a: Int32Array, b: Int32Array): boolean {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
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
