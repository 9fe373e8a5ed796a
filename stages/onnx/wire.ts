import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/**
 * Calls `read` for each field of a protobuf message; a field that it doesn't take (returns false, having read
 * nothing) is skipped.
 */
export function eachField(
  reader: BinaryReader,
  read: (field: number, wire: WireType, reader: BinaryReader) => boolean,
): void {
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (!read(field, wire, reader)) reader.skip(wire, field);
  }
}

/** Reads one occurrence of a repeated int64 field, packed or not. Values beyond 2⁵³ come out as the nearest double. */
export function readIntegers(reader: BinaryReader, wire: WireType, into: number[]): void {
  if (wire === WireType.LengthDelimited) {
    const packed = new BinaryReader(reader.bytes());
    while (packed.pos < packed.len) into.push(Number(packed.int64()));
  } else into.push(Number(reader.int64()));
}
