import {
  type Data,
  type DataType,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int32,
  List,
  makeData,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import type { Layout } from './column.js';

/** A column as Arrow has it. */
export interface ArrowColumn {
  readonly type: DataType;
  /**
   * @param cell that of each row from 0 on; null only where the column is nullable
   * @param bitmapBytes length of the bitmap that says which are null, at least a bit a row
   */
  data(rows: number, cell: (row: number) => unknown, bitmapBytes: number): Data;
}

/**
 * How Arrow writes a column whose cells lie so.
 * @param dictionary the number of its texts among those of the file's columns of places, from 1
 */
export function arrowColumn(layout: Layout, dictionary = 1): ArrowColumn {
  if (layout === 'texts') return { type: new Utf8(), data: textData };
  if (layout === 'lists of singles') return listColumn(new Float32(), Float32Array);
  if (layout === 'lists of doubles') return listColumn(new Float64(), Float64Array);
  if (layout === 'doubles') {
    const type = new Float64();
    return {
      type,
      data: (length, cell, bitmapBytes) => {
        const data = new Float64Array(length);
        return makeData({ type, length, data, ...fill(data, cell, bitmapBytes) });
      },
    };
  }
  if (layout === 'int32s') {
    const type = new Int32();
    return {
      type,
      data: (length, cell, bitmapBytes) => {
        const data = new Int32Array(length);
        return makeData({ type, length, data, ...fill(data, cell, bitmapBytes) });
      },
    };
  }
  // Arrow numbers dictionaries with a counter of the process unless told: equal rows need equal bytes.
  const type = new Dictionary(new Utf8(), new Int32(), dictionary, false);
  return {
    type,
    data: (length, cell) => {
      const data = new Int32Array(length);
      for (let row = 0; row < length; row += 1) data[row] = numberOr0(cell(row));
      const texts = vectorFromArray([...layout.placesAmong], new Utf8());
      return makeData({ type, length, nullCount: 0, data, dictionary: texts });
    },
  };
}

/** Fills `data` with the cells, 0 for null, and says which are null. */
function fill(data: Int32Array | Float64Array, cell: (row: number) => unknown, bitmapBytes: number) {
  return validity(data.length, bitmapBytes, (row) => {
    const item = cell(row);
    data[row] = numberOr0(item);
    return item !== null;
  });
}

function numberOr0(item: unknown): number {
  return typeof item === 'number' ? item : 0;
}

function textData(length: number, cell: (row: number) => unknown, bitmapBytes: number): Data {
  const parts: Buffer[] = [];
  const valueOffsets = new Int32Array(length + 1);
  const nulls = validity(length, bitmapBytes, (row) => {
    const item = cell(row);
    const part = Buffer.from(typeof item === 'string' ? item : '', 'utf8');
    parts.push(part);
    valueOffsets[row + 1] = (valueOffsets[row] ?? 0) + part.length;
    return item !== null;
  });
  return makeData({ type: new Utf8(), length, valueOffsets, data: Buffer.concat(parts), ...nulls });
}

/** Numbers of one kind, those of all lists one behind the other. */
function listColumn(
  of: Float32 | Float64,
  Numbers: Float32ArrayConstructor | Float64ArrayConstructor,
): ArrowColumn {
  const type = new List(new Field('item', of, false));
  return {
    type,
    data: (length, cell, bitmapBytes) => {
      const valueOffsets = new Int32Array(length + 1);
      const lists: (Float32Array | Float64Array)[] = [];
      const nulls = validity(length, bitmapBytes, (row) => {
        const item = cell(row);
        const list = item instanceof Numbers ? item : new Numbers();
        lists.push(list);
        valueOffsets[row + 1] = (valueOffsets[row] ?? 0) + list.length;
        return item !== null;
      });
      const data = new Numbers(valueOffsets[length] ?? 0);
      lists.forEach((list, row) => {
        data.set(list, valueOffsets[row]);
      });
      const child = makeData({ type: of, length: data.length, nullCount: 0, data });
      return makeData({ type, length, valueOffsets, child, ...nulls });
    },
  };
}

function validity(length: number, bitmapBytes: number, isValid: (row: number) => boolean) {
  const nullBitmap = new Uint8Array(bitmapBytes);
  let nullCount = 0;
  for (let row = 0; row < length; row += 1) {
    if (isValid(row)) nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
    else nullCount += 1;
  }
  return { nullBitmap, nullCount };
}
