/**
 * Where the texts of a row stand in bytes that are plain (`isPlainText`) and hold no line ends: the path, the id and the base,
 * which are those of the path where the row has none of its own.
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
