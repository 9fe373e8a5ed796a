import sharp from 'sharp';
import type { Pixels } from '../pixels.js';

/**
 * An image as it is once it was stored as JPEG and read again, with colours at half the resolution, as Pillow stores it.
 * @param quality from 1 to 100
 */
export async function throughJpeg({ data, width, height }: Pixels, quality: number): Promise<Pixels> {
  const stored = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality, chromaSubsampling: '4:2:0' })
    .toBuffer();
  const read = await sharp(stored, { failOn: 'error' }).raw({ depth: 'uchar' }).toBuffer();
  return { data: read, width, height };
}
