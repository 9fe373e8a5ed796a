import { listed } from '../../stages/shown.js';
import { largestLabel } from '../manifest-columns.js';
import { readArrayHeader } from './array-header.js';
import { ItemFault, type RangedFile } from './ranged-file.js';

type Elements = (view: DataView, at: number, littleEndian: boolean) => number | bigint;

/** Integer types by NumPy's name without the order of bytes: how many bytes, and how one is read. */
const integers: Readonly<Record<string, readonly [bytes: number, read: Elements]>> = {
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  i8: [8, (view, at, little) => view.getBigInt64(at, little)],
  u8: [8, (view, at, little) => view.getBigUint64(at, little)],
};

/** More labels than any set of images has. */
const mostLabels = 2 ** 26;

/**
 * Labels of an array [N] of integers, one an image.
 * @returns class indices; null where the array has −1: unknown
 * @throws ItemFault where it is no such array, or a label is no class index
 */
export async function readArrayLabels(file: RangedFile): Promise<readonly (number | null)[]> {
  const { shape, type, start } = await readArrayHeader(file);
  const named = /^(?<order>[<>|=]?)(?<kind>[iu][1248])$/.exec(type)?.groups;
  const integer = integers[named?.kind ?? ''];
  if (integer === undefined)
    throw new ItemFault(
      `holds elements of type ${type}, expected class indices (int8 to int64, uint8 to uint64); ${typeRemedy(type)}`,
    );
  const [count = 0, another] = shape;
  if (shape.length !== 1 || another !== undefined)
    throw new ItemFault(
      `holds an array [${listed(shape)}], expected one label an image, [N]; ${shapeRemedy(shape)}`,
    );
  if (count > mostLabels)
    throw new ItemFault(
      `holds ${count} labels, more than the ${mostLabels} that are read; divide the set into several files`,
    );
  const [bytes, read] = integer;
  if (start + count * bytes > file.size)
    throw new ItemFault(
      `is cut off: ${count} labels take ${start + count * bytes} bytes, and it has ${file.size}; copy it again`,
    );
  const content = await file.read(start, count * bytes);
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  return Array.from({ length: count }, (_, i) => {
    const label = Number(read(view, i * bytes, named?.order !== '>'));
    if (label === -1) return null;
    if (label >= 0 && label <= largestLabel) return label;
    throw new ItemFault(
      `label ${i} is ${label}, which is no class index; expected integers from 0, or -1 if unknown`,
    );
  });
}

/** What to save in place of labels of another type; named as NumPy has it. */
function typeRemedy(type: string): string {
  return /[fb]\d+$/.test(type)
    ? 'save labels.astype("int64") if they are whole numbers'
    : "save the classes' places among the outputs of the network";
}

/** What to save in place of labels of another shape. */
function shapeRemedy(shape: readonly number[]): string {
  if (shape.every((size, axis) => axis === 0 || size === 1)) return 'save labels.reshape(-1)';
  return shape.length === 2
    ? 'save labels.argmax(axis=1) if each row has a 1 at its class'
    : 'save one class index an image';
}
