import { setImmediate } from 'node:timers/promises';
import { type CsvLine, lineTooLong, longestLine } from './csv-lines.js';
import { archiveExtension } from './location.js';
import { type Columns, longestPath, readColumns, readRow } from './manifest-columns.js';
import { isPlainText } from './plain-text.js';
import type { WrittenRow } from './row-collector.js';
import type { RowRanges } from './row-ranges.js';

/** Who takes the rows that are read, or refuses them, which is to be waited for. */
export interface RowTaker {
  /** A row that was read as bytes, which others take the place of after it. */
  takeRanges(
    row: RowRanges,
    label: number | null,
    line: number,
    columns: Columns,
  ): Promise<never> | undefined;
  /** A row that is none of the usual ones. */
  take(row: WrittenRow, line: number, columns: Columns): Promise<never> | undefined;
}

/** Lines after which others have their turn. */
const inTurn = 2 ** 14;

const [lineEnd, comma, space, slash, dot, zero, hash, plus] = [
  0x0a, 0x2c, 0x20, 0x2f, 0x2e, 0x30, 0x23, 0x2b,
];

/** Digits that no label or place of an archive is too large with. */
const [labelDigits, placeDigits] = [9, 15];

/**
 * Reads lines as `csvLines` and `readRow` do, where they are plain (`isPlainText`), but usual rows as bytes, in a small part of
 * the time. What is not usual is given to those, so that what is wrong with it is said as ever.
 * @param bytes ASCII
 * @returns the columns; null where there is no line
 * @throws InputError as they
 */
export async function readPlainRows(
  file: string,
  bytes: Uint8Array,
  taker: RowTaker,
): Promise<Columns | null | 'not plain'> {
  const row = new PlainRow(bytes);
  let columns: Columns | null = null;
  let number = 0;
  for (let start = 0; start < bytes.length; ) {
    const end = row.split(start);
    if (end < 0) return 'not plain';
    number += 1;
    if (end - start > longestLine) throw lineTooLong(file, number);
    if (end > start) {
      let refused: Promise<never> | undefined;
      if (columns === null) columns = readColumns(file, lineOf(bytes, start, end, number));
      else if (row.isUsual(columns)) refused = taker.takeRanges(row, row.label, number, columns);
      else refused = taker.take(readRow(file, columns, lineOf(bytes, start, end, number)), number, columns);
      if (refused !== undefined) await refused;
    }
    start = end + 1;
    if (number % inTurn === 0) await setImmediate();
  }
  return columns;
}

function lineOf(bytes: Uint8Array, start: number, end: number, number: number): CsvLine {
  const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
  return { number, cells: text.split(',') };
}

/** What bytes of ASCII are to a line. */
const [inCell, betweenCells, atEnd, special] = [0, 1, 2, 3];
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  const text = String.fromCharCode(byte);
  if (!isPlainText(text)) return special;
  return byte === lineEnd ? atEnd : byte === comma ? betweenCells : inCell;
});

/** The cells of one line at a time, and the row that they are. */
class PlainRow implements RowRanges {
  bytes: Uint8Array;
  pathStart = 0;
  pathEnd = 0;
  idStart = 0;
  idEnd = 0;
  baseStart = 0;
  baseEnd = 0;
  label: number | null = null;
  readonly #text: Uint8Array;
  /** Where each cell begins, and where the one after the last would. */
  readonly #cells = new Int32Array(8);
  #count = 0;
  /** Of a row whose path is put together. */
  #joined = new Uint8Array(0);
  #joinedEnd = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
    this.bytes = text;
  }

  /** Finds the cells of the line that begins somewhere. @returns where it ends; −1 where it is not plain */
  split(start: number): number {
    const text = this.#text;
    const cells = this.#cells;
    let count = 1;
    let at = start;
    cells[0] = start;
    for (; at < text.length; at += 1) {
      const kind = kinds[text[at] ?? 0];
      if (kind === inCell) continue;
      if (kind === atEnd) break;
      if (kind === special) return -1;
      if (count < cells.length) cells[count] = at + 1;
      count += 1;
    }
    if (count < cells.length) cells[count] = at + 1;
    this.#count = count;
    return at;
  }

  /** Whether the line is a row as most are, which it then holds. */
  isUsual(columns: Columns): boolean {
    if (this.#count !== columns.count) return false;
    const text = this.#text;
    const start = this.#start(columns.path);
    const end = this.#end(columns.path);
    const last = text[end - 1];
    const isPath = end > start && (text[start] ?? 0) > space && end - start <= longestPath;
    if (!isPath || last === slash || last === dot || !this.#readLabel(columns.label)) return false;
    this.bytes = text;
    this.pathStart = start;
    this.pathEnd = end;
    this.idStart = this.#start(columns.id);
    this.idEnd = this.#end(columns.id);
    this.baseStart = this.#start(columns.base);
    this.baseEnd = this.#end(columns.base);
    const isWhole = this.#isEmpty(columns.offset) && this.#isEmpty(columns.length);
    if (!isWhole && !this.#join(columns)) return false;
    if (this.idStart === this.idEnd) {
      this.idStart = this.pathStart;
      this.idEnd = this.pathEnd;
    }
    if (this.baseStart === this.baseEnd) {
      this.baseStart = this.idStart;
      this.baseEnd = this.idEnd;
    }
    return true;
  }

  /** Puts together the path of an image in an archive (`archivedPath`), before what else the row holds. */
  #join({ offset, length }: Columns): boolean {
    const { pathStart, pathEnd } = this;
    for (let at = 1; at <= archiveExtension.length; at += 1)
      if (this.#text[pathEnd - at] !== archiveExtension.charCodeAt(archiveExtension.length - at))
        return false;
    if (this.#numberOf(offset, placeDigits) === null || this.#numberOf(length, placeDigits) === null)
      return false;
    if (this.#joined.length === 0) this.#joined = new Uint8Array(2 * longestLine);
    this.#joinedEnd = 0;
    this.#put(pathStart, pathEnd);
    this.#joined[this.#joinedEnd++] = hash;
    this.#put(this.#start(offset), this.#end(offset));
    this.#joined[this.#joinedEnd++] = plus;
    this.#put(this.#start(length), this.#end(length));
    this.pathStart = 0;
    this.pathEnd = this.#joinedEnd;
    this.idStart = this.#put(this.idStart, this.idEnd);
    this.idEnd = this.#joinedEnd;
    this.baseStart = this.#put(this.baseStart, this.baseEnd);
    this.baseEnd = this.#joinedEnd;
    this.bytes = this.#joined;
    return true;
  }

  /** @returns where it then begins */
  #put(from: number, to: number): number {
    const start = this.#joinedEnd;
    for (let at = from; at < to; at += 1) this.#joined[this.#joinedEnd++] = this.#text[at] ?? 0;
    return start;
  }

  #readLabel(column: number): boolean {
    this.label = null;
    if (this.#isEmpty(column)) return true;
    this.label = this.#numberOf(column, labelDigits);
    return this.label !== null;
  }

  /** @returns null where a cell is no number that is written as usual */
  #numberOf(column: number, digits: number): number | null {
    const text = this.#text;
    const start = this.#start(column);
    const end = this.#end(column);
    if (end === start || end - start > digits || (text[start] === zero && end > start + 1)) return null;
    let value = 0;
    for (let at = start; at < end; at += 1) {
      const digit = (text[at] ?? 0) - zero;
      if (digit < 0 || digit > 9) return null;
      value = 10 * value + digit;
    }
    return value;
  }

  #isEmpty(column: number): boolean {
    return this.#start(column) === this.#end(column);
  }

  /** Of a column that is not there, as of an empty cell. */
  #start(column: number): number {
    return column < 0 ? 0 : (this.#cells[column] ?? 0);
  }

  #end(column: number): number {
    return column < 0 ? 0 : (this.#cells[column + 1] ?? 0) - 1;
  }
}
