import { type Cell, cellKey } from '../../stages/cells.js';
import { isSameReading, type ReadingName } from '../../stages/detectors/logit-readings.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';

const FORWARD = 1;
const GRADIENT = 2;

/** Which cells of which rows of one set the shards of one model cover. */
export interface Coverage {
  /** Whether the backward pass of a row at a cell is planned. */
  hasGradient(row: number, cell: Cell): boolean;
  /** Whether a row at a cell is planned, with or without the backward pass. */
  hasForward(row: number, cell: Cell): boolean;
  /** Whether the logits of a row at ε = 0 are planned to be kept. */
  hasLogits(row: number): boolean;
  /** Whether what a detector reads of them is planned to be kept, or the logits themselves. */
  hasReading(row: number, reading: ReadingName): boolean;
}

/**
 * @param shards of one model and one set
 * @param size rows in the set's manifest
 */
export function coverageOf(shards: readonly PlannedShard[], size: number): Coverage {
  const levels = new Map<string, Uint8Array>();
  const logits = new Uint8Array(size);
  const readings: { readonly of: ReadingName; readonly rows: Uint8Array }[] = [];
  const readingRows = (of: ReadingName): Uint8Array => {
    const known = readings.find((reading) => isSameReading(reading.of, of));
    if (known !== undefined) return known.rows;
    const rows = new Uint8Array(size);
    readings.push({ of, rows });
    return rows;
  };
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
    for (const reading of shard.readings ?? []) {
      const rows = readingRows(reading);
      for (const row of shard.rows) rows[row] = 1;
    }
  }
  const level = (row: number, cell: Cell): number => levels.get(cellKey(cell))?.[row] ?? 0;
  return {
    hasGradient: (row, cell) => level(row, cell) >= GRADIENT,
    hasForward: (row, cell) => level(row, cell) >= FORWARD,
    hasLogits: (row) => logits[row] === 1,
    hasReading: (row, reading) => logits[row] === 1 || readingRows(reading)[row] === 1,
  };
}
