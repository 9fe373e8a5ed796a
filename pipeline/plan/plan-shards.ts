import type { Manifest } from '../../manifests/manifest.js';
import type { Cell } from '../../stages/cells.js';
import type { ModelIdentity } from '../../workers/shard-identity.js';
import { type PlannedShard, passesPerImage } from '../../workers/store/planned-shard.js';
import { imagesWithLogits } from './kept-rows.js';
import { missingGroups } from './missing-groups.js';
import { imagesPerShard, nominalSeconds } from './nominal-work.js';
import type { IdentityOf } from './valid-shards.js';

/** Rows of one set that one model has to score, and where. */
export interface Demand {
  readonly model: DemandingModel;
  readonly set: { readonly name: string; readonly manifest: Manifest };
  /** Row indices in the manifest, ascending. */
  readonly rows: Int32Array;
  /** Cells that need the backward pass. */
  readonly cells: readonly Cell[];
  /** Cells, ε > 0, that need a forward pass there; those among `cells` are not planned again. */
  readonly forwardCells: readonly Cell[];
  /** Temperatures needed at ε = 0 without it; those among `cells` are not planned again. */
  readonly forwardTemperatures: readonly number[];
  /** Whether the logits at ε = 0 are to be kept. */
  readonly logits: boolean;
}

export interface DemandingModel {
  readonly name: string;
  readonly identity: ModelIdentity;
  /** Multiplications of one forward pass. */
  readonly multiplications: number;
}

/**
 * The shards that meet the demands beyond what is planned already. Deterministic: depends on the demands and
 * the plan alone, never on the machine or on how far a run has come. Temperatures never share a shard unless
 * they share a forward pass, so that a further temperature leaves every shard as it was.
 * @param planned all shards planned so far, of any model and set
 * @param identityOf names the shards
 */
export function planShards(
  demands: readonly Demand[],
  planned: readonly PlannedShard[],
  shardSeconds: number,
  identityOf: IdentityOf,
): PlannedShard[] {
  return demands.flatMap((demand) => {
    const { model, set } = demand;
    return missingGroups(demand, earlierOf(demand, planned)).flatMap((group) => {
      const seconds = nominalSeconds(passesPerImage(group), model.multiplications);
      const { batchSize } = model.identity;
      const images = group.logits ? imagesWithLogits : imagesPerShard;
      const size = images(seconds, shardSeconds, batchSize);
      return ranges(group.rows, size).map((rows): PlannedShard => {
        const shard = { model: model.name, set: set.name, ...group, rows };
        return { id: identityOf(model.identity, set.manifest, shard), ...shard };
      });
    });
  });
}

/** Whether demands are met by what is planned already, which does not depend on what models cost. */
export function arePlanned(demands: readonly Demand[], planned: readonly PlannedShard[]): boolean {
  return demands.every((demand) => missingGroups(demand, earlierOf(demand, planned)).length === 0);
}

function earlierOf({ model, set }: Demand, planned: readonly PlannedShard[]): readonly PlannedShard[] {
  return planned.filter((shard) => shard.model === model.name && shard.set === set.name);
}

function ranges(rows: Int32Array, size: number): Int32Array[] {
  const count = Math.ceil(rows.length / size);
  return Array.from({ length: count }, (_, index) => rows.subarray(index * size, (index + 1) * size));
}
