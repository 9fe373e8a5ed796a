import { type Cell, cellKey, compareCells } from '../../stages/cells.js';
import type { LogitReading } from '../../stages/detectors/logit-readings.js';
import type { Passes } from '../../stages/detectors/plan-passes.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { logitsAt } from '../../workers/store/shard-logits.js';
import type { ShardScores } from '../../workers/store/shard-scores.js';
import { readShard, type ShardSource } from '../../workers/store/shard-store.js';
import { LogitValues } from '../store/logit-values.js';

/** Which scores are wanted: some rows of one set, of one model, at some cells. */
export interface BlocksRequest {
  /** Row indices in the set's manifest, ascending. */
  readonly rows: Int32Array;
  readonly passes: Passes;
  readonly ofLogits: readonly LogitReading[];
  /** How many images are in memory together. */
  readonly together: number;
  /** Told of each shard that is not finished, maybe several times. */
  readonly onMissing: (shard: PlannedShard) => void;
}

/** The scores of one cell in a block, [images]; of no meaning where there are none. */
export interface CellColumns {
  readonly cell: Cell;
  readonly isThere: Uint8Array;
  readonly predicted: Int32Array;
  /** −1 where no predictions were made among the set's own classes. */
  readonly predictedAmongOwn: Int32Array;
  readonly maxLogit: Float64Array;
  readonly logOdds: Float64Array;
  /** NaN where only the forward pass was run. */
  readonly logSG: Float64Array;
}

/** What finished shards say of some images. */
export interface ImageBlock {
  /** Row indices in the set's manifest. */
  readonly rows: Int32Array;
  /** Why an image could not be used, null where it could. */
  readonly errors: readonly (string | null)[];
  /** By ascending ε, then T. */
  readonly cells: readonly CellColumns[];
  readonly ofLogits: LogitValues;
  /** Where they were kept. */
  readonly logits: readonly (Float32Array | null)[];
}

/**
 * Reads what finished shards of one model and set say, some images at a time in the order of the manifest. Of shards only
 * those are in memory that have images of the block; those that are not finished are passed over.
 * @param shards all of the model and set that are needed
 */
export async function* imageBlocks(
  source: ShardSource,
  shards: readonly PlannedShard[],
  { rows, passes, ofLogits, together, onMissing }: BlocksRequest,
): AsyncGenerator<ImageBlock> {
  const forward = passes.forwardTemperatures.map((temperature) => ({ epsilon: 0, temperature }));
  const cells = [...passes.cells, ...passes.forwardCells, ...forward].sort(compareCells);
  const window = new ShardWindow(source, shards, onMissing);
  for (let start = 0; start < rows.length; start += together) {
    const block = new Block(rows.subarray(start, start + together), cells, ofLogits);
    for await (const { shard, scores } of window.over(block.rows)) block.take(shard, scores);
    yield block;
  }
}

/** The shards that have some of the rows, which ascend from call to call. */
class ShardWindow {
  readonly #source: ShardSource;
  readonly #shards: readonly PlannedShard[];
  readonly #onMissing: BlocksRequest['onMissing'];
  /** Scores by id; null of shards that are not finished. */
  #open = new Map<string, ShardScores | null>();

  constructor(source: ShardSource, shards: readonly PlannedShard[], onMissing: BlocksRequest['onMissing']) {
    this.#source = source;
    this.#onMissing = onMissing;
    // Those with a backward pass last, as theirs are the scores to keep.
    this.#shards = [...shards].sort((a, b) => Math.sign(a.cells.length) - Math.sign(b.cells.length));
  }

  async *over(rows: Int32Array): AsyncGenerator<{ shard: PlannedShard; scores: ShardScores }> {
    const wanted = new Set(rows);
    const before = this.#open;
    this.#open = new Map();
    for (const shard of this.#shards) {
      if (!isWithin(shard.rows, rows) || !shard.rows.some((row) => wanted.has(row))) continue;
      const known = before.get(shard.id);
      const scores = known === undefined ? ((await readShard(this.#source, shard))?.scores ?? null) : known;
      this.#open.set(shard.id, scores);
      if (scores !== null) yield { shard, scores };
      else this.#onMissing(shard);
    }
  }
}

/** Whether two ascending lists of rows overlap in their range. */
function isWithin(some: Int32Array, rows: Int32Array): boolean {
  return (some[0] ?? 0) <= (rows.at(-1) ?? -1) && (some.at(-1) ?? -1) >= (rows[0] ?? 0);
}

class Block implements ImageBlock {
  readonly rows: Int32Array;
  readonly errors: (string | null)[];
  readonly cells: readonly CellColumns[];
  readonly ofLogits: LogitValues;
  readonly logits: (Float32Array | null)[];
  readonly #places: ReadonlyMap<number, number>;
  readonly #byCell: ReadonlyMap<string, CellColumns>;

  constructor(rows: Int32Array, cells: readonly Cell[], readings: readonly LogitReading[]) {
    const { length } = rows;
    this.rows = rows;
    this.errors = new Array<null>(length).fill(null);
    this.logits = new Array<null>(length).fill(null);
    this.ofLogits = new LogitValues(readings, length);
    this.cells = cells.map((cell) => ({
      cell,
      isThere: new Uint8Array(length),
      predicted: new Int32Array(length),
      predictedAmongOwn: new Int32Array(length).fill(-1),
      maxLogit: new Float64Array(length),
      logOdds: new Float64Array(length),
      logSG: new Float64Array(length).fill(Number.NaN),
    }));
    this.#places = new Map(Array.from(rows, (row, place) => [row, place]));
    this.#byCell = new Map(this.cells.map((columns) => [cellKey(columns.cell), columns]));
  }

  take(shard: PlannedShard, scores: ShardScores): void {
    const placeOf = (image: number): number => this.#places.get(shard.rows[image] ?? -1) ?? -1;
    for (const { row, stage, message } of scores.failures) {
      const place = placeOf(row);
      if (place >= 0) this.errors[place] ??= `${stage}: ${message}`;
    }
    const places = scores.usable.map(placeOf);
    if (scores.logits !== undefined)
      for (const [nth, place] of places.entries()) {
        if (place < 0) continue;
        this.logits[place] = logitsAt(scores.logits, nth);
      }
    this.ofLogits.take(scores, placeOf);
    for (const [index, { gradient, ...cell }] of scores.cells.entries()) {
      const columns = this.#byCell.get(cellKey(cell));
      if (columns === undefined) continue;
      const start = index * places.length;
      for (const [nth, place] of places.entries())
        if (place >= 0) putScore(columns, place, scores, start + nth, gradient);
    }
  }
}

function putScore(
  columns: CellColumns,
  place: number,
  scores: ShardScores,
  at: number,
  gradient: boolean,
): void {
  const isKept = columns.isThere[place] === 1 && !Number.isNaN(columns.logSG[place] ?? Number.NaN);
  if (isKept && !gradient) return;
  columns.isThere[place] = 1;
  columns.predicted[place] = scores.predicted[at] ?? -1;
  columns.predictedAmongOwn[place] = scores.own?.predicted[at] ?? -1;
  columns.maxLogit[place] = scores.maxLogit[at] ?? Number.NaN;
  columns.logOdds[place] = scores.logOdds[at] ?? Number.NaN;
  columns.logSG[place] = gradient ? (scores.logSG[at] ?? Number.NaN) : Number.NaN;
}
