import { oneWordOf, text } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { failureStages } from '../../workers/store/shard-scores.js';
import { readShard } from '../../workers/store/shard-store.js';
import type { OpenRun } from '../opening/opened.js';

/** Rows of `errors.arrow`. */
export const errorRows = rowType({
  file: 'errors.arrow',
  version: 1,
  columns: { model: text, set: text, image: text, stage: oneWordOf(failureStages), message: text },
});

/** One image that could not be used by one model: a row of `errors.arrow`. */
export type ErrorRow = RowIn<typeof errorRows>;

/**
 * Gathers the error rows of those shards that are finished, one an image, model and stage: by model and set as the
 * experiment lists them, then in manifest order.
 */
export async function gatherErrors(run: OpenRun, shards: readonly PlannedShard[]): Promise<ErrorRow[]> {
  const found = new Map<string, { row: number; error: ErrorRow }>();
  for (const shard of shards) {
    const finished = await readShard(run, shard);
    if (finished === null) continue;
    const { failures, ids } = finished.scores;
    for (const { row, stage, message } of failures) {
      const { model, set } = shard;
      const key = `${model}\0${set}\0${shard.rows[row]}\0${stage}`;
      if (found.has(key)) continue;
      const error = { model, set, image: ids[row] ?? '', stage, message };
      found.set(key, { row: shard.rows[row] ?? 0, error });
    }
  }
  const modelRank = new Map(run.models.map(({ name }, index) => [name, index]));
  const setRank = new Map(run.sets.map(({ name }, index) => [name, index]));
  return [...found.values()]
    .sort(
      (a, b) =>
        (modelRank.get(a.error.model) ?? 0) - (modelRank.get(b.error.model) ?? 0) ||
        (setRank.get(a.error.set) ?? 0) - (setRank.get(b.error.set) ?? 0) ||
        a.row - b.row ||
        (a.error.stage < b.error.stage ? -1 : 1),
    )
    .map(({ error }) => error);
}
