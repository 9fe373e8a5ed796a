import { readdir, readFile } from 'node:fs/promises';
import sharp from 'sharp';

const folder = new URL('../../../test/images/golden/', import.meta.url);

/**
 * The golden images, small files of every format and mode in the order of their names, and what Pillow does not write:
 * AVIF and tiled TIFF files.
 */
export async function imageCorpus(): Promise<readonly Buffer[]> {
  const names = (await readdir(folder)).filter((name) => !/^(index\.json|pixels\.rgb)$/.test(name)).sort();
  const golden = await Promise.all(names.map((name) => readFile(new URL(name, folder))));
  const image = sharp(golden[names.indexOf('rgba.png')]);
  const made = [
    image.clone().avif({ effort: 0 }),
    image.clone().removeAlpha().avif({ effort: 0, chromaSubsampling: '4:4:4' }),
    image.clone().tiff({ tile: true, tileWidth: 16, tileHeight: 16, compression: 'lzw' }),
    image.clone().tiff({ bigtiff: true, compression: 'deflate' }),
    image.clone().png({ progressive: true }),
  ];
  return [...golden, ...(await Promise.all(made.map((file) => file.toBuffer())))];
}
