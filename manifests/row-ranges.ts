/** Where a text begins in bytes, and where it ends. */
export type Range = readonly [start: number, end: number];

/**
 * Where the texts of a row stand in bytes that are plain (`isPlainText`) and hold no line ends: the path, the id, the base. An
 * empty id or base is the usual one.
 */
export interface RowRanges {
  readonly bytes: Uint8Array;
  readonly pathStart: number;
  readonly pathEnd: number;
  readonly idStart: number;
  readonly idEnd: number;
  readonly baseStart: number;
  readonly baseEnd: number;
}

/** The id of a row, or the path as written where it has none. */
export const idRange = ({ pathStart, pathEnd, idStart, idEnd }: RowRanges): Range =>
  idEnd > idStart ? [idStart, idEnd] : [pathStart, pathEnd];

/** The base image of a row, or what it has its id from where it has none. */
export const baseRange = (row: RowRanges): Range =>
  row.baseEnd > row.baseStart ? [row.baseStart, row.baseEnd] : idRange(row);
