import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** What is done with one field of a protobuf message, for each of the wire types that it may come in. */
export type FieldReader = (reader: BinaryReader, wire: WireType) => boolean;

/**
 * Reads a protobuf message field by field. A field that `fields` doesn't name, or that comes in another wire type, is
 * skipped, as protobuf asks for.
 * @throws Error where the bytes are no message
 */
export function readMessage(bytes: Uint8Array, fields: Readonly<Record<number, FieldReader>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (!fields[field]?.(reader, wire)) reader.skip(wire, field);
  }
}

/** A field of bytes, or a message in one. */
export const bytesField = (take: (bytes: Uint8Array) => void): FieldReader =>
  onWire(WireType.LengthDelimited, (reader) => take(reader.bytes()));

/** A field of text. What is not UTF-8 is an error: two names that are wrong could become the same. */
export const textField = (take: (text: string) => void): FieldReader =>
  onWire(WireType.LengthDelimited, (reader) => take(reader.string(true)));

/** A field of one integer; one beyond 2⁵³ comes out as the nearest double. */
export const integerField = (take: (value: number) => void): FieldReader =>
  onWire(WireType.Varint, (reader) => take(Number(reader.int64())));

/** A field of one float32. */
export const floatField = (take: (value: number) => void): FieldReader =>
  onWire(WireType.Bit32, (reader) => take(reader.float()));

/** A repeated number, packed or not: `take` reads one at a time. */
export const repeatedField =
  (unpacked: WireType, take: (reader: BinaryReader) => void): FieldReader =>
  (reader, wire) => {
    if (wire === unpacked) take(reader);
    else if (wire === WireType.LengthDelimited) {
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) take(packed);
    } else return false;
    return true;
  };

/** Repeated int64; values beyond 2⁵³ come out as the nearest double. */
export const integersField = (into: number[]): FieldReader =>
  repeatedField(WireType.Varint, (reader) => into.push(Number(reader.int64())));

function onWire(expected: WireType, take: (reader: BinaryReader) => void): FieldReader {
  return (reader, wire) => {
    if (wire !== expected) return false;
    take(reader);
    return true;
  };
}
