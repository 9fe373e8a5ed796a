import { listed } from '../../../stages/shown.js';
import { ItemFault, type ItemReader, type RangedFile, remembered, type StoredItem } from './item-reader.js';

/** A stack of images as `numpy.save` writes it, and where its elements begin. */
export interface ArrayHeader {
  /** [N, H, W, 3] of RGB, or [N, H, W] of grey images. */
  readonly shape: readonly number[];
  /** NumPy's name of the element type, for example `|u1`. */
  readonly type: string;
  /** Place of the first element in the file. */
  readonly start: number;
}

/** Headers are text of one line; NumPy writes some 128 bytes. */
const largestHeader = 2 ** 16;

/**
 * Reads the header of an array file (NumPy's format, versions 1 to 3).
 * @throws ItemFault where it is none, or its elements are not in row-major order
 */
export async function readArrayHeader(file: RangedFile): Promise<ArrayHeader> {
  const beginning = await file.read(0, Math.min(12, file.size));
  const view = new DataView(beginning.buffer, beginning.byteOffset, beginning.length);
  const isArray =
    beginning.length === 12 && Buffer.from(beginning.subarray(0, 6)).toString('latin1') === '\x93NUMPY';
  const [major = 0] = beginning.subarray(6);
  if (!isArray || major < 1 || major > 3)
    throw new ItemFault('is no array of NumPy; save it with numpy.save');
  const [from, length] = major === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (length > largestHeader)
    throw new ItemFault(`its header has ${length} bytes, which no stack of images has`);
  const header = Buffer.from(await file.read(from, length)).toString('utf8');
  const type = /['"]descr['"]\s*:\s*['"](?<type>[^'"]+)['"]/.exec(header)?.groups?.type;
  const order = /['"]fortran_order['"]\s*:\s*(?<order>True|False)/.exec(header)?.groups?.order;
  const sizes = /['"]shape['"]\s*:\s*\((?<sizes>[\d,\s]*)\)/.exec(header)?.groups?.sizes;
  if (type === undefined || order === undefined || sizes === undefined)
    throw new ItemFault("has a header that is not NumPy's; save it with numpy.save");
  if (order === 'True')
    throw new ItemFault(
      'holds its elements in the order of columns; save it with numpy.save(numpy.ascontiguousarray(…))',
    );
  const shape = sizes
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  return { shape, type, start: from + length };
}

/** Images of a stack [N, H, W, 3] or [N, H, W] of bytes, such as CIFAR-10-C's. */
export function npyItems(): ItemReader {
  const header = remembered(readStack);
  const locate = async (file: RangedFile, index: number) => {
    const { count, height, width, channels, start } = await header(file);
    if (index >= count)
      throw new ItemFault(`there is no image ${index}: the stack has ${count}, counted from 0`);
    const length = height * width * channels;
    return { height, width, channels, offset: start + index * length, length };
  };
  return {
    extension: '.npy',
    cost: async (file, index) => {
      const { height, width, length } = await locate(file, index);
      return length + 3 * height * width;
    },
    read: async (file, index): Promise<StoredItem> => {
      const { height, width, channels, offset, length } = await locate(file, index);
      const bytes = await file.read(offset, length);
      return { bytes, pixels: { width, height, data: channels === 3 ? bytes : repeatedThrice(bytes) } };
    },
  };
}

interface Stack {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly start: number;
}

async function readStack(file: RangedFile): Promise<Stack> {
  const { shape, type, start } = await readArrayHeader(file);
  const [count = 0, height = 0, width = 0, channels = 1, another] = shape;
  if (type !== '|u1' && type !== 'u1' && type !== '|B')
    throw new ItemFault(`holds elements of type ${type}, expected bytes (uint8): 0 to 255 of each colour`);
  const isStack =
    shape.length >= 3 && another === undefined && (channels === 3 || channels === 1) && height * width > 0;
  if (!isStack)
    throw new ItemFault(
      `holds an array [${listed(shape)}], expected images [N, height, width, 3] or [N, height, width]`,
    );
  const needed = start + count * height * width * channels;
  if (!(needed <= file.size))
    throw new ItemFault(
      `is cut off: [${listed(shape)}] takes ${needed} bytes, and it has ${file.size}; copy it again`,
    );
  return { count, height, width, channels, start };
}

/** Grey as RGB. */
export function repeatedThrice(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(3 * grey.length);
  for (const [at, level] of grey.entries()) data.fill(level, 3 * at, 3 * at + 3);
  return data;
}
