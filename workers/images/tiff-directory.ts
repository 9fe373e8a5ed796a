/** Values of the first directory of a TIFF file, by tag; only those of whole numbers of two or four bytes. */
export type TiffTags = ReadonlyMap<number, readonly number[]>;

/** Bytes of a value, by its type. */
const typeBytes: readonly number[] = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/** The types SHORT and LONG. */
const wholeNumbers: readonly number[] = [3, 4];

/**
 * Reads the first directory of a TIFF file.
 * @returns `outside` where it, or a value that it lists, lies behind the file's end; null for BigTIFF, which is rare
 */
export function readTiffDirectory(bytes: Uint8Array): TiffTags | 'outside' | null {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.byteLength < 8) return 'outside';
  const isLittle = bytes[0] === 0x49;
  const short = (at: number): number => file.getUint16(at, isLittle);
  const long = (at: number): number => file.getUint32(at, isLittle);
  if (short(2) !== 42) return null;
  const start = long(4);
  if (start + 2 > file.byteLength) return 'outside';
  const end = start + 2 + 12 * short(start);
  if (end + 4 > file.byteLength) return 'outside';
  const tags = new Map<number, readonly number[]>();
  for (let entry = start + 2; entry < end; entry += 12) {
    const type = short(entry + 2);
    const size = typeBytes[type] ?? 1;
    const count = long(entry + 4);
    const from = count * size <= 4 ? entry + 8 : long(entry + 8);
    if (from + count * size > file.byteLength) return 'outside';
    if (!wholeNumbers.includes(type)) continue;
    const value = size === 2 ? short : long;
    tags.set(
      short(entry),
      Array.from({ length: count }, (_, index) => value(from + size * index)),
    );
  }
  return tags;
}
