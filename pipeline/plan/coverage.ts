import { type Cell, cellKey } from '../../stages/cells.js';
import { isSameReading, type ReadingName } from '../../stages/detectors/logit-readings.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';

const FORWARD = 1;
const GRADIENT = 2;

/** Tells of a row of a set. */
export type RowTest = (row: number) => boolean;

/** Which cells of which rows of one set the shards of one model cover. */
export interface Coverage {
  /** Whether the backward pass of a row at a cell is planned; null where that of none is. */
  gradientAt(cell: Cell): RowTest | null;
  /** Whether a row at a cell is planned, with or without the backward pass; null where none is. */
  forwardAt(cell: Cell): RowTest | null;
  /** Whether the logits of a row at ε = 0 are planned to be kept; null where those of none are. */
  readonly hasLogits: RowTest | null;
  /** Whether what a detector reads of them is planned to be kept, or the logits themselves; null where it is of none. */
  readingAt(reading: ReadingName): RowTest | null;
}

/**
 * @param shards of one model and one set
 * @param size rows in the set's manifest
 */
export function coverageOf(shards: readonly PlannedShard[], size: number): Coverage {
  const levels = new Map<string, Uint8Array>();
  const logits = new Uint8Array(size);
  const mark = (cell: Cell, rows: Int32Array, level: number): void => {
    const key = cellKey(cell);
    const marks = levels.get(key) ?? new Uint8Array(size);
    levels.set(key, marks);
    for (const row of rows) marks[row] = Math.max(marks[row] ?? 0, level);
  };
  for (const shard of shards) {
    for (const cell of shard.cells) mark(cell, shard.rows, GRADIENT);
    for (const cell of shard.forwardCells) mark(cell, shard.rows, FORWARD);
    for (const temperature of shard.forwardTemperatures)
      mark({ epsilon: 0, temperature }, shard.rows, FORWARD);
    if (shard.logits) for (const row of shard.rows) logits[row] = 1;
  }
  const hasLogits: RowTest | null = shards.some((shard) => shard.logits) ? (row) => logits[row] === 1 : null;
  const readingAt = (reading: ReadingName): RowTest | null => {
    const having = shards.filter(({ readings = [] }) => readings.some((one) => isSameReading(one, reading)));
    if (having.length === 0) return hasLogits;
    const marks = logits.slice();
    for (const { rows } of having) for (const row of rows) marks[row] = 1;
    return (row) => marks[row] === 1;
  };
  const reaches = (cell: Cell, level: number): RowTest | null => {
    const marks = levels.get(cellKey(cell));
    return marks === undefined ? null : (row) => (marks[row] ?? 0) >= level;
  };
  return {
    gradientAt: (cell) => reaches(cell, GRADIENT),
    forwardAt: (cell) => reaches(cell, FORWARD),
    hasLogits,
    readingAt,
  };
}
