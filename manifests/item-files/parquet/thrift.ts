/** A structure of Thrift's compact protocol, in which Parquet writes what it says of its columns and pages. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

export type ThriftValue = number | bigint | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;

/** Bytes that are no structure. */
class ThriftFault extends Error {
  override readonly name: string = 'ThriftFault';
}

/** Bytes that end before the structure does. */
export class ThriftEnd extends ThriftFault {
  override readonly name = 'ThriftEnd';
}

/** Structures of Parquet lie some six deep in each other. */
const deepest = 32;
/** Bytes of a number of 64 bits. */
const longestNumber = 10;

/**
 * Reads a structure. Never takes more memory than a few times its bytes, whatever lengths it claims.
 * @returns its fields by number, and where its bytes end
 * @throws ThriftEnd where the bytes end before it
 * @throws ThriftFault where it is none
 */
export function readStruct(
  bytes: Uint8Array,
  start = 0,
): { readonly fields: ThriftStruct; readonly end: number } {
  const reader = { bytes, at: start };
  const fields = structAt(reader, 0);
  return { fields, end: reader.at };
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function structAt(reader: Reader, depth: number): ThriftStruct {
  if (depth > deepest) throw new ThriftFault(`structures lie more than ${deepest} deep in each other`);
  const fields = new Map<number, ThriftValue>();
  let id = 0;
  for (;;) {
    const head = byte(reader);
    const type = head & 15;
    if (type === 0) return fields;
    id = head >> 4 === 0 ? Number(signed(varint(reader))) : id + (head >> 4);
    // The value of a field of truth is its type.
    fields.set(id, type === 1 || type === 2 ? type === 1 : valueAt(reader, type, depth));
  }
}

function valueAt(reader: Reader, type: number, depth: number): ThriftValue {
  switch (type) {
    case 1:
    case 2:
      return byte(reader) === 1;
    case 3:
      return (byte(reader) << 24) >> 24;
    case 4:
    case 5:
      return Number(signed(varint(reader)));
    case 6:
      return signed(varint(reader));
    case 7:
      return new DataView(take(reader, 8).slice().buffer).getFloat64(0, true);
    case 8:
      return take(reader, Number(varint(reader)));
    case 9:
    case 10:
      return listAt(reader, depth);
    case 12:
      return structAt(reader, depth + 1);
    default:
      throw new ThriftFault(`a value of type ${type}, which Parquet has none of`);
  }
}

function listAt(reader: Reader, depth: number): readonly ThriftValue[] {
  if (depth > deepest) throw new ThriftFault(`lists lie more than ${deepest} deep in each other`);
  const head = byte(reader);
  const count = head >> 4 === 15 ? Number(varint(reader)) : head >> 4;
  // Each value has a byte at least.
  if (count > reader.bytes.length - reader.at) throw new ThriftEnd(`a list of ${count} values`);
  return Array.from({ length: count }, () => valueAt(reader, head & 15, depth + 1));
}

function byte(reader: Reader): number {
  const found = reader.bytes[reader.at++];
  if (found === undefined) throw new ThriftEnd('a value');
  return found;
}

function take(reader: Reader, length: number): Uint8Array {
  if (length > reader.bytes.length - reader.at) throw new ThriftEnd(`a text of ${length} bytes`);
  reader.at += length;
  return reader.bytes.subarray(reader.at - length, reader.at);
}

function varint(reader: Reader): bigint {
  let value = 0n;
  for (let i = 0; i < longestNumber; i++) {
    const next = byte(reader);
    value |= BigInt(next & 127) << BigInt(7 * i);
    if (next < 128) return value;
  }
  throw new ThriftFault(`a number of more than ${longestNumber} bytes`);
}

const signed = (zigzag: bigint): bigint => (zigzag >> 1n) ^ -(zigzag & 1n);
