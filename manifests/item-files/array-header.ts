import { ItemFault, type RangedFile } from './ranged-file.js';

/** An array as `numpy.save` writes it, and where its elements begin. */
export interface ArrayHeader {
  /** Sizes of its axes. */
  readonly shape: readonly number[];
  /** NumPy's name of the element type, for example `|u1`. */
  readonly type: string;
  /** Place of the first element in the file. */
  readonly start: number;
}

/** What files begin with, in Latin-1. */
const NUMPY = '\x93NUMPY';
const ZIP = 'PK\x03\x04';

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text;

/** Headers are text of one line; NumPy writes some 128 bytes. */
const largestHeader = 2 ** 16;

/**
 * Reads the header of an array file (NumPy's format, versions 1 to 3).
 * @throws ItemFault where it is none, or its elements are not in row-major order
 */
export async function readArrayHeader(file: RangedFile): Promise<ArrayHeader> {
  const beginning = await file.read(0, Math.min(12, file.size));
  const view = new DataView(beginning.buffer, beginning.byteOffset, beginning.length);
  const isArray = beginning.length === 12 && startsWith(beginning, NUMPY);
  const [major = 0] = beginning.subarray(6);
  if (startsWith(beginning, ZIP))
    throw new ItemFault(
      'is a ZIP archive, as numpy.savez and torch.save write; save its array alone: numpy.save("images.npy", numpy.load("images.npz")["NAME"])',
    );
  if (!isArray || major < 1 || major > 3)
    throw new ItemFault('is no array of NumPy; save it with numpy.save');
  const [from, length] = major === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (length > largestHeader)
    throw new ItemFault(
      `its header has ${length} bytes, which no array of images or labels has; save it again with numpy.save`,
    );
  const header = Buffer.from(await file.read(from, length)).toString('utf8');
  const type = /['"]descr['"]\s*:\s*['"](?<type>[^'"]+)['"]/.exec(header)?.groups?.type;
  const order = /['"]fortran_order['"]\s*:\s*(?<order>True|False)/.exec(header)?.groups?.order;
  const sizes = /['"]shape['"]\s*:\s*\((?<sizes>[\dL,\s]*)\)/.exec(header)?.groups?.sizes;
  if (/['"]descr['"]\s*:\s*\[/.test(header))
    throw new ItemFault(
      'holds records of several fields; save the field that is meant alone, with numpy.save',
    );
  if (type?.endsWith('O'))
    throw new ItemFault(
      'holds objects of Python (pickled), maybe images of unequal sizes; save them as image files, or as one array of bytes (uint8)',
    );
  const shape = sizes === undefined ? null : shapeOf(sizes);
  if (type === undefined || order === undefined || shape === null)
    throw new ItemFault("has a header that is not NumPy's; save it with numpy.save");
  if (order === 'True')
    throw new ItemFault(
      'holds its elements in the order of columns (Fortran); save numpy.ascontiguousarray(images) in its place, with numpy.save',
    );
  return { shape, type, start: from + length };
}

/** Sizes as Python writes a tuple; its second version wrote `20L` for 20. Null where one is no number. */
function shapeOf(sizes: string): readonly number[] | null {
  const written = sizes.split(',').map((size) => size.trim());
  const numbers = written.filter((size) => size !== '');
  return numbers.every((size) => /^\d+L?$/.test(size))
    ? numbers.map((size) => Number(size.replace('L', '')))
    : null;
}
