import { addTo } from '../../stages/grouped.js';
import { type PlannedShard, passesPerImage } from '../../workers/store/planned-shard.js';
import type { Demand } from './demand.js';
import { imagesWithLogits } from './kept-rows.js';
import { missingGroups } from './missing-groups.js';
import { imagesPerShard, nominalSeconds } from './nominal-work.js';
import type { IdentityOf } from './valid-shards.js';

/**
 * The shards that meet the demands beyond what is planned already. Deterministic: depends on the demands and
 * the plan alone, never on the machine or on how far a run has come. Temperatures never share a shard unless
 * they share a forward pass, so that a further temperature leaves every shard as it was.
 * @param planned all shards planned so far, of any model and set
 * @param identityOf names the shards
 * @param mostShards about how many there may be: where `shardSeconds` would make more they are larger. Every file costs: a folder of
 *   millions can't be listed while a thousand processes work
 */
export function planShards(
  demands: readonly Demand[],
  planned: readonly PlannedShard[],
  shardSeconds: number,
  identityOf: IdentityOf,
  mostShards = Number.POSITIVE_INFINITY,
): PlannedShard[] {
  const earlierOf = earlierShards(planned);
  const groups = demands.flatMap((demand) =>
    missingGroups(demand, earlierOf(demand)).map((group) => ({
      demand,
      group,
      seconds: nominalSeconds(passesPerImage(group), demand.model.multiplications),
    })),
  );
  const all = groups.reduce((sum, { group, seconds }) => sum + group.rows.length * seconds, 0);
  const each = Math.max(shardSeconds, all / mostShards);
  return groups.flatMap(({ demand: { model, set }, group, seconds }) => {
    const images = group.logits ? imagesWithLogits : imagesPerShard;
    const size = images(seconds, each, model.identity.batchSize);
    return ranges(group.rows, size).map((rows): PlannedShard => {
      const shard = { model: model.name, set: set.name, ...group, rows };
      return { id: identityOf(model.identity, set.manifest, shard), ...shard };
    });
  });
}

/** Whether demands are met by what is planned already, which does not depend on what models cost. */
export function arePlanned(demands: readonly Demand[], planned: readonly PlannedShard[]): boolean {
  const earlierOf = earlierShards(planned);
  return demands.every((demand) => missingGroups(demand, earlierOf(demand)).length === 0);
}

/** Finds the shards of a demand's model and set: there are tens of thousands, and as many demands as models times sets. */
function earlierShards(planned: readonly PlannedShard[]): (demand: Demand) => readonly PlannedShard[] {
  const keyOf = (model: string, set: string): string => `${model}\0${set}`;
  const found = new Map<string, PlannedShard[]>();
  for (const shard of planned) addTo(found, keyOf(shard.model, shard.set), shard);
  return ({ model, set }) => found.get(keyOf(model.name, set.name)) ?? [];
}

function ranges(rows: Int32Array, size: number): Int32Array[] {
  const count = Math.ceil(rows.length / size);
  return Array.from({ length: count }, (_, index) => rows.subarray(index * size, (index + 1) * size));
}
