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
    throw new ItemFault(
      `holds elements of type ${type}, expected bytes (uint8), 0 to 255 of each colour; save images.astype("uint8"), ` +
        'or (255 * images).round().astype("uint8") where they are fractions of 1',
    );
  const isStack =
    shape.length >= 3 && another === undefined && (channels === 3 || channels === 1) && height * width > 0;
  if (!isStack || isOneImage(shape))
    throw new ItemFault(
      `holds an array [${listed(shape)}], expected images [N, height, width, 3] or [N, height, width]; ${shapeRemedy(shape)}`,
    );
  const needed = start + count * height * width * channels;
  if (!(needed <= file.size))
    throw new ItemFault(
      `is cut off: [${listed(shape)}] takes ${needed} bytes, and it has ${file.size}; copy it again`,
    );
  return { count, height, width, channels, start };
}

/** Height, width and colours: grey images so high that have three or four pixels a row are unheard of. */
const isOneImage = ([height = 0, width = 0, colours, ...more]: readonly number[]): boolean =>
  more.length === 0 && isColour(colours) && height >= 8 && width >= 8;

const isColour = (size: number | undefined): boolean => size === 3 || size === 4;

/** What to save in place of an array of a shape that images are often kept in; named as NumPy has it. */
function shapeRemedy(shape: readonly number[]): string {
  if (isOneImage(shape))
    return `save images[None] if it is one image${shape[2] === 4 ? ', without its alpha: images[None, ..., :3]' : ''}`;
  if (shape.length === 4 && (isColour(shape[1]) || shape[1] === 1))
    return 'save images.transpose(0, 2, 3, 1) if colours are its second axis';
  if (shape.length === 4 && shape[3] === 4) return 'save images[..., :3] if its fourth colour is alpha';
  if (shape.length === 2) return 'save images.reshape(N, height, width, 3) if each row is an image';
  return 'save it in such a shape, with numpy.reshape or numpy.transpose';
}
