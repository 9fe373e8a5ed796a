import type { Manifest } from '../../manifests/manifest.js';
import { type Cell, cellKey } from '../../stages/cells.js';
import type { LogitReading } from '../../stages/detectors/logit-readings.js';
import type { Passes } from '../../stages/detectors/plan-passes.js';
import { RunFailedError } from '../../stages/errors.js';
import type { ScoreColumns, SplitScores } from '../../stages/metrics/split-scores.js';
import { summarizeLogits } from '../../stages/scoring/log-odds.js';
import { call } from '../../stages/setting.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { ShardScores } from '../../workers/store/shard-scores.js';
import { readShard, type ShardSource } from '../../workers/store/shard-store.js';
import { LogitValues } from './logit-values.js';

/** One split of one set as scored by one model. */
export interface SplitRequest {
  readonly model: string;
  readonly set: string;
  readonly manifest: Manifest;
  /** Row indices of the split, ascending. */
  readonly rows: Int32Array;
  /** The cells that will be asked for. */
  readonly passes: Passes;
  /** What detectors read of logits. Default: nothing. */
  readonly ofLogits?: readonly LogitReading[];
  /** Temperatures at which ε = 0 is asked for too, none of the passes': computed from the logits, which are kept. Default: none. */
  readonly fromLogits?: readonly number[];
  /** Classes, ascending, among which predictions were made too; absent where that was not asked for. */
  readonly ownClasses?: readonly number[] | undefined;
}

/** The scores of all images of a split at one cell, failed ones included. */
interface WholeColumns {
  readonly gradient: boolean;
  readonly covered: Uint8Array;
  readonly predicted: Int32Array;
  readonly predictedAmongOwn: Int32Array | null;
  readonly maxLogit: Float64Array;
  readonly logOdds: Float64Array;
  readonly logSG: Float64Array;
}

/**
 * Gathers a split from the finished shards. Images that failed in any shard that holds a cell asked for are
 * left out at every cell.
 * @param planned all shards of the plan
 * @throws RunFailedError when shards are missing
 */
export async function loadSplit(
  source: ShardSource,
  planned: readonly PlannedShard[],
  request: SplitRequest,
): Promise<SplitScores> {
  const { rows, manifest, passes, ownClasses, fromLogits = [] } = request;
  const emptyColumns = (size: number, gradient: boolean): WholeColumns => ({
    gradient,
    covered: new Uint8Array(size),
    predicted: new Int32Array(size),
    predictedAmongOwn: ownClasses === undefined ? null : new Int32Array(size),
    maxLogit: new Float64Array(size),
    logOdds: new Float64Array(size),
    logSG: new Float64Array(size),
  });
  const columns = new Map<string, WholeColumns>();
  for (const cell of passes.cells) columns.set(cellKey(cell), emptyColumns(rows.length, true));
  for (const cell of passes.forwardCells) columns.set(cellKey(cell), emptyColumns(rows.length, false));
  for (const temperature of passes.forwardTemperatures) {
    columns.set(cellKey({ epsilon: 0, temperature }), emptyColumns(rows.length, false));
  }
  const computed = new Map(
    fromLogits.map((temperature) => [
      temperature,
      { ...emptyColumns(rows.length, false), predictedAmongOwn: null },
    ]),
  );
  const position = new Int32Array(manifest.rows.length).fill(-1);
  rows.forEach((row, index) => {
    position[row] = index;
  });
  const failed = new Uint8Array(rows.length);
  const ofLogits = new LogitValues(request.ofLogits ?? [], rows.length);
  const readsLogits = ofLogits.isAsked || computed.size > 0;
  for (const shard of relevantShards(planned, request, columns, position, readsLogits)) {
    const found = await readShard(source, shard);
    if (found === null) {
      // What is read of logits may be in other shards, as after `logits` has changed; whether any lacks is seen below.
      if (!hasCells(shard, columns)) continue;
      throw missing(request);
    }
    const { scores } = found;
    const positionOf = (row: number): number => position[shard.rows[row] ?? -1] ?? -1;
    for (const { row } of scores.failures) if (positionOf(row) >= 0) failed[positionOf(row)] = 1;
    ofLogits.take(scores, positionOf);
    for (const [temperature, into] of computed) summarize(scores, temperature, positionOf, into);
    for (const [index, cell] of scores.cells.entries()) {
      const into = columns.get(cellKey(cell));
      if (into === undefined || (into.gradient && !cell.gradient)) continue;
      for (const [nth, row] of scores.usable.entries()) {
        const to = positionOf(row);
        if (to < 0) continue;
        const from = index * scores.usable.length + nth;
        into.covered[to] = 1;
        into.predicted[to] = scores.predicted[from] ?? -1;
        if (into.predictedAmongOwn) into.predictedAmongOwn[to] = scores.own?.predicted[from] ?? -1;
        into.maxLogit[to] = scores.maxLogit[from] ?? Number.NaN;
        into.logOdds[to] = scores.logOdds[from] ?? Number.NaN;
        into.logSG[to] = scores.logSG[from] ?? Number.NaN;
      }
    }
  }
  const usable = Array.from(rows.keys()).filter((index) => failed[index] === 0);
  for (const [temperature, column] of computed) columns.set(cellKey({ epsilon: 0, temperature }), column);
  for (const { covered } of columns.values()) {
    if (usable.some((index) => covered[index] === 0)) throw missing(request);
  }
  if (usable.some((index) => ofLogits.lacks(index))) throw missing(request);
  return {
    set: request.set,
    size: usable.length,
    ownClasses: ownClasses?.length ?? null,
    labels: Int32Array.from(usable, (index) => manifest.rows.labelAt(rows[index] ?? -1) ?? -1),
    idAt: (image) => manifest.rows.idAt(rows[usable[image] ?? -1] ?? -1),
    baseAt: (image) => manifest.rows.baseAt(rows[usable[image] ?? -1] ?? -1),
    failed: rows.length - usable.length,
    at: (cell) => columnsAt(columns, cell, usable, ofLogits.at(cell)),
  };
}

/** Fills a column with the scores that kept logits give, bit by bit those of a forward pass at that temperature. */
function summarize(
  { logits, usable }: ShardScores,
  temperature: number,
  positionOf: (row: number) => number,
  into: WholeColumns,
): void {
  if (logits === undefined) return;
  const { values, classes } = logits;
  for (const [nth, row] of usable.entries()) {
    const to = positionOf(row);
    if (to < 0) continue;
    const { predicted, maxLogit, logOdds } = summarizeLogits(values, nth * classes, classes, temperature);
    into.covered[to] = 1;
    into.predicted[to] = predicted;
    into.maxLogit[to] = maxLogit;
    into.logOdds[to] = logOdds;
  }
}

/** Shards with a cell, or logits, and a row asked for; those with a backward pass last, as theirs are the scores to keep. */
function relevantShards(
  planned: readonly PlannedShard[],
  { model, set }: SplitRequest,
  columns: ReadonlyMap<string, WholeColumns>,
  position: Int32Array,
  readsLogits: boolean,
): readonly PlannedShard[] {
  return planned
    .filter(
      (shard) =>
        shard.model === model &&
        shard.set === set &&
        ((readsLogits && (shard.logits === true || shard.readings !== undefined)) ||
          hasCells(shard, columns)) &&
        shard.rows.some((row) => (position[row] ?? -1) >= 0),
    )
    .sort((a, b) => Math.sign(a.cells.length) - Math.sign(b.cells.length));
}

/** Whether a shard has scores at a cell that is asked for. */
function hasCells(shard: PlannedShard, columns: ReadonlyMap<string, WholeColumns>): boolean {
  const isAsked = (cell: Cell, gradient: boolean): boolean => {
    const column = columns.get(cellKey(cell));
    return column !== undefined && (gradient || !column.gradient);
  };
  return (
    shard.cells.some((cell) => isAsked(cell, true)) ||
    shard.forwardCells.some((cell) => isAsked(cell, false)) ||
    shard.forwardTemperatures.some((temperature) => isAsked({ epsilon: 0, temperature }, false))
  );
}

function columnsAt(
  columns: ReadonlyMap<string, WholeColumns>,
  cell: Cell,
  usable: readonly number[],
  ofLogits: ReturnType<LogitValues['at']>,
): ScoreColumns {
  const whole = columns.get(cellKey(cell));
  const read = {
    ofLogits: new Map(ofLogits.map(([detector, values]) => [detector, gathered(values, usable)])),
  };
  if (whole === undefined) {
    if (ofLogits.length > 0) return { ...withoutScores(usable.length), ...read };
    throw new RangeError(`the scores at ε=${cell.epsilon}, T=${cell.temperature} were not asked for`);
  }
  return {
    predicted: gathered(whole.predicted, usable),
    predictedAmongOwn: whole.predictedAmongOwn && gathered(whole.predictedAmongOwn, usable),
    maxLogit: gathered(whole.maxLogit, usable),
    logOdds: gathered(whole.logOdds, usable),
    logSG: whole.gradient ? gathered(whole.logSG, usable) : null,
    ...(ofLogits.length === 0 ? {} : read),
  };
}

/** At a temperature that was fitted: no pass is of it, and what its detector says is read off the logits. */
function withoutScores(images: number): ScoreColumns {
  const none = new Float64Array(images).fill(Number.NaN);
  return { predicted: new Int32Array(images).fill(-1), maxLogit: none, logOdds: none, logSG: null };
}

/** The column itself where no image failed, which is the rule: a search asks for every cell of every set. */
function gathered<Column extends Int32Array | Float64Array>(
  column: Column,
  usable: readonly number[],
): Column {
  if (usable.length === column.length) return column;
  const picked = column.slice(0, usable.length) as Column;
  usable.forEach((from, to) => {
    picked[to] = column[from] ?? Number.NaN;
  });
  return picked;
}

function missing({ model, set }: SplitRequest): RunFailedError {
  return new RunFailedError(
    `scores of model "${model}" on set "${set}" are missing: finish the run first with ${call('run')}`,
  );
}
