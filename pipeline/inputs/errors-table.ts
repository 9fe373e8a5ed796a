import { oneWordOf, text } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { failureStages, type ShardFailure, type ShardScores } from '../../workers/store/shard-scores.js';
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

/** How many images error rows are of: one that several models met, or in two stages, is one. */
export function failedImages(rows: readonly ErrorRow[]): number {
  return new Set(rows.map(({ set, image }) => JSON.stringify([set, image]))).size;
}

/** What failed in shards that are read one after another, whatever they are read for. */
export class FailureRecord {
  readonly #failures = new Map<string, readonly (ShardFailure & Pick<ErrorRow, 'image'>)[]>();

  note({ id }: Pick<PlannedShard, 'id'>, { failures, ids }: Pick<ShardScores, 'failures' | 'ids'>): void {
    if (failures.length === 0) return;
    this.#failures.set(
      id,
      failures.map((failure) => ({ ...failure, image: ids[failure.row] ?? '' })),
    );
  }

  /** Error rows of some shards, one an image, model and stage: by model and set as the experiment lists them, then in manifest order. */
  rowsOf({ models, sets }: Pick<OpenRun, 'models' | 'sets'>, shards: readonly PlannedShard[]): ErrorRow[] {
    const found = new Map<string, { row: number; error: ErrorRow }>();
    for (const { id, model, set, rows } of shards)
      for (const { row, stage, message, image } of this.#failures.get(id) ?? []) {
        const key = `${model}\0${set}\0${rows[row]}\0${stage}`;
        if (!found.has(key))
          found.set(key, { row: rows[row] ?? 0, error: { model, set, image, stage, message } });
      }
    const modelRank = new Map(models.map(({ name }, index) => [name, index]));
    const setRank = new Map(sets.map(({ name }, index) => [name, index]));
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
}

/** Gathers the error rows of those shards that are finished. */
export async function gatherErrors(run: OpenRun, shards: readonly PlannedShard[]): Promise<ErrorRow[]> {
  const failures = new FailureRecord();
  for (const shard of shards) {
    const finished = await readShard(run, shard);
    if (finished !== null) failures.note(shard, finished.scores);
  }
  return failures.rowsOf(run, shards);
}
