import { listed } from '../../stages/shown.js';
import { readArrayHeader } from './array-header.js';
import { ItemFault, type RangedFile } from './ranged-file.js';

/** Images of bytes, [N, height, width, 3] in colours or [N, height, width] in grey, one after the other. */
export interface ImageStack {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Place of the first image in the file. */
  readonly start: number;
}

/** @throws ItemFault where the file is no array, or none of images */
export async function readImageStack(file: RangedFile): Promise<ImageStack> {
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
