import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { readShard } from '../../workers/store/shard-store.js';
import { decodeRows, encodeRows, type RowFormat } from '../selection/row-format.js';
import type { OpenRun } from './opened.js';

/** One image that could not be used by one model: a row of `errors.arrow`. */
export interface ErrorRow {
  readonly model: string;
  readonly set: string;
  readonly image: string;
  readonly stage: 'decoding' | 'scoring';
  readonly message: string;
}

const format: RowFormat<ErrorRow> = {
  file: 'errors.arrow',
  version: 1,
  columns: [
    { name: 'model', kind: 'text', of: (row) => row.model },
    { name: 'set', kind: 'text', of: (row) => row.set },
    { name: 'image', kind: 'text', of: (row) => row.image },
    { name: 'stage', kind: 'text', of: (row) => row.stage },
    { name: 'message', kind: 'text', of: (row) => row.message },
  ],
  row: (cells) => ({
    model: cells.text('model'),
    set: cells.text('set'),
    image: cells.text('image'),
    stage: cells.oneOf('stage', ['decoding', 'scoring']),
    message: cells.text('message'),
  }),
};

/** The bytes of `errors.arrow` (Arrow IPC file): equal for equal rows. */
export function encodeErrors(rows: readonly ErrorRow[]): Uint8Array {
  return encodeRows(format, rows);
}

/** @throws RunFailedError when the bytes are not those of error rows */
export function decodeErrors(bytes: Uint8Array): ErrorRow[] {
  return decodeRows(format, bytes);
}

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
