import { type Cell, cellKey } from '../../stages/cells.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { readShard, type ShardSource } from '../../workers/store/shard-store.js';

/** Norms of layers of the usable images of a split at one cell. */
export interface SplitLayers {
  /** L of them, in the order of the network. */
  readonly names: readonly string[];
  /** [images × L]: log SG of each layer alone, −∞ where a gradient is zero; in the order of the split's scores. */
  readonly logNorms: Float32Array;
}

/** Whose norms of layers are wanted. */
export interface LayersRequest extends Cell {
  readonly model: string;
  /** Row indices of the split in the set's manifest, ascending. */
  readonly rows: Int32Array;
  readonly idAt: (row: number) => string;
  /** The scores of the same split, whose images these are. */
  readonly scores: Pick<SplitScores, 'set' | 'size' | 'idAt'>;
}

/**
 * Gathers the norms of layers of a split at one cell from the finished shards.
 * @param planned all shards of the plan
 * @returns null where shards lack them for some image
 */
export async function loadLayers(
  source: ShardSource,
  planned: readonly PlannedShard[],
  { model, rows, idAt, scores, ...cell }: LayersRequest,
): Promise<SplitLayers | null> {
  const places = placesOf(rows, idAt, scores);
  const key = cellKey(cell);
  const wanted = planned.filter(
    (shard) =>
      shard.model === model &&
      shard.set === scores.set &&
      shard.cells.some((one) => cellKey(one) === key) &&
      shard.rows.some((row) => places.has(row)),
  );
  let found: { readonly names: readonly string[]; readonly logNorms: Float32Array } | null = null;
  const missing = new Set(places.values());
  for (const shard of wanted) {
    const finished = await readShard(source, shard);
    const layers = finished?.scores.layers;
    if (finished === null || layers === undefined) continue;
    const { usable, cells } = finished.scores;
    const nth = cells.findIndex((one) => one.gradient && cellKey(one) === key);
    const count = layers.names.length;
    found ??= { names: layers.names, logNorms: new Float32Array(scores.size * count).fill(Number.NaN) };
    if (nth < 0 || found.names.length !== count) continue;
    for (const [at, index] of usable.entries()) {
      const place = places.get(shard.rows[index] ?? -1);
      if (place === undefined) continue;
      const from = (nth * usable.length + at) * count;
      found.logNorms.set(layers.logNorms.subarray(from, from + count), place * count);
      missing.delete(place);
    }
  }
  return missing.size > 0 ? null : found;
}

/** The places of usable images in a split's scores, by their rows in the manifest. */
function placesOf(
  rows: Int32Array,
  idAt: (row: number) => string,
  scores: LayersRequest['scores'],
): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  // Both are in the split's order; the scores lack those that could not be used.
  for (const row of rows) {
    if (places.size >= scores.size) break;
    if (idAt(row) === scores.idAt(places.size)) places.set(row, places.size);
  }
  return places;
}
