/** Values of the first directory of a TIFF file, by tag; only those of whole numbers of two bytes or more. */
export type TiffTags = ReadonlyMap<number, readonly number[]>;

/** Bytes of a value, by its type. */
const typeBytes: readonly number[] = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 1, 1, 8, 8, 8];

/** The types SHORT, LONG and LONG8. */
const wholeNumbers: readonly number[] = [3, 4, 16];

/** Version numbers of TIFF and of BigTIFF, whose places and counts have eight bytes. */
const [VERSION, BIG_VERSION] = [42, 43];

/** Where the first directory of a TIFF file lies. */
interface Directory {
  readonly file: DataView;
  readonly isLittle: boolean;
  readonly isBig: boolean;
  /** Places of its entries, of 12 bytes each, or 20. */
  readonly entries: readonly number[];
  /** Place of the pointer to the directory of the next page. */
  readonly next: number;
}

function firstDirectory(bytes: Uint8Array): Directory | 'outside' | null {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.byteLength < 8) return 'outside';
  const isLittle = bytes[0] === 0x49;
  const version = file.getUint16(2, isLittle);
  if (version !== VERSION && version !== BIG_VERSION) return null;
  const isBig = version === BIG_VERSION;
  const [ofCount, ofEntry, ofPlace] = isBig ? [8, 20, 8] : [2, 12, 4];
  if (isBig && file.byteLength < 16) return 'outside';
  const start = isBig ? wide(file, 8, isLittle) : file.getUint32(4, isLittle);
  if (start + ofCount > file.byteLength) return 'outside';
  const count = isBig ? wide(file, start, isLittle) : file.getUint16(start, isLittle);
  const first = start + ofCount;
  const next = first + ofEntry * count;
  if (next + ofPlace > file.byteLength) return 'outside';
  return {
    file,
    isLittle,
    isBig,
    entries: Array.from({ length: count }, (_, i) => first + ofEntry * i),
    next,
  };
}

/** A whole number of eight bytes; one that no file reaches to is none the more exact for it. */
function wide(file: DataView, at: number, isLittle: boolean): number {
  return Number(file.getBigUint64(at, isLittle));
}

/**
 * Reads the first directory of a TIFF file.
 * @returns `outside` where it, or a value that it lists, lies behind the file's end; null for what is neither TIFF nor BigTIFF
 */
export function readTiffDirectory(bytes: Uint8Array): TiffTags | 'outside' | null {
  const directory = firstDirectory(bytes);
  if (directory === null || directory === 'outside') return directory;
  const { file, isLittle, isBig, entries } = directory;
  const short = (at: number): number => file.getUint16(at, isLittle);
  const long = (at: number): number => file.getUint32(at, isLittle);
  const long8 = (at: number): number => wide(file, at, isLittle);
  const [place, ofPlace] = isBig ? [long8, 8] : [long, 4];
  const tags = new Map<number, readonly number[]>();
  for (const entry of entries) {
    const type = short(entry + 2);
    const size = typeBytes[type] ?? 1;
    const count = place(entry + 4);
    const held = entry + 4 + ofPlace;
    const from = count * size <= ofPlace ? held : place(held);
    if (from + count * size > file.byteLength) return 'outside';
    if (!wholeNumbers.includes(type)) continue;
    const value = size === 2 ? short : size === 4 ? long : long8;
    tags.set(
      short(entry),
      Array.from({ length: count }, (_, index) => value(from + size * index)),
    );
  }
  return tags;
}

/** The largest value of tags whose other values Pillow passes over, and libtiff refuses the file for; the least is 1. */
const largestKnown: Readonly<Record<number, number>> = {
  // Orientation
  274: 8,
  // ResolutionUnit
  296: 3,
  // NumberOfInks, which says nothing that SamplesPerPixel does not: no value is needed.
  334: 0,
};

/** A tag of nobody's, which is passed over. */
const privateTag = 65_535;

/**
 * The first page of a TIFF file as a file that has no other, without values that say nothing of its pixels: what else is
 * wrong with the file is then no matter, as for Pillow. BigTIFF, which is rare, is left as it is.
 * @returns the same bytes where nothing is to be changed, or else a copy
 */
export function firstTiffPage(bytes: Uint8Array): Uint8Array {
  const directory = firstDirectory(bytes);
  if (directory === null || directory === 'outside' || directory.isBig) return bytes;
  const { file, isLittle, entries, next } = directory;
  const changes: ((copy: DataView) => void)[] = [];
  if (file.getUint32(next, isLittle) !== 0) changes.push((copy) => copy.setUint32(next, 0, isLittle));
  for (const entry of entries) {
    const largest = largestKnown[file.getUint16(entry, isLittle)];
    const type = file.getUint16(entry + 2, isLittle);
    const size = typeBytes[type];
    const isUnsigned = type === 1 || (wholeNumbers.includes(type) && size !== 8);
    if (largest === undefined || !isUnsigned || file.getUint32(entry + 4, isLittle) !== 1) continue;
    const at = entry + 8;
    const value =
      size === 1
        ? file.getUint8(at)
        : size === 2
          ? file.getUint16(at, isLittle)
          : file.getUint32(at, isLittle);
    if (value < 1 || value > largest) changes.push((copy) => copy.setUint16(entry, privateTag, isLittle));
  }
  if (changes.length === 0) return bytes;
  const page = new Uint8Array(bytes);
  for (const change of changes) change(new DataView(page.buffer));
  return page;
}
