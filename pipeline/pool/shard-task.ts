import { dirname } from 'node:path';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { ShardTask } from '../../workers/task.js';
import { identityOn, type OpenModel } from '../opening/opened.js';
import type { Conducting } from './conducting.js';

/** All that a worker needs to score a shard. */
export async function taskOf(
  { run, compiled, own, claims }: Conducting,
  model: OpenModel,
  shard: PlannedShard,
  batchSize: number,
): Promise<ShardTask> {
  const manifest = run.manifestOf(shard.set);
  const set = run.sets.find(({ name }) => name === shard.set);
  const identity = identityOn(model, set ?? {});
  return {
    id: shard.id,
    out: run.directory.path,
    model: { ...(await compiled.of(model, batchSize)).task, preprocess: identity.preprocess },
    identity,
    folder: dirname(manifest?.file ?? ''),
    rows: Array.from(shard.rows, (row) => {
      const found = manifest?.rows.at(row);
      if (found === undefined) throw new RangeError(`set ${shard.set} has no row ${row}`);
      return { ...found, isKnown: own.isKnown(shard.set, row) };
    }),
    ...(manifest?.corrupt === undefined ? {} : { corrupt: manifest.corrupt }),
    cells: shard.cells,
    forwardCells: shard.forwardCells,
    ...(identity.ownClasses === undefined ? {} : { ownClasses: identity.ownClasses }),
    forwardTemperatures: shard.forwardTemperatures,
    ...(shard.logits === undefined ? {} : { logits: shard.logits }),
    ...(shard.readings === undefined ? {} : { readings: shard.readings }),
    batchSize,
    isRetried: claims.isRetried(shard),
  };
}
