import { dirname, relative, resolve, sep } from 'node:path';
import sharp from 'sharp';
import { locationOf } from '../../manifests/location.js';
import { isThere } from '../../manifests/output/file-system.js';
import { configureDecoder } from '../../workers/images/configure-decoder.js';
import { pixelReader } from '../../workers/images/image-pixels.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { ImageError } from '../../workers/images/source.js';
import { SystemFault } from '../../workers/images/system-fault.js';
import type { ExtremeRow } from '../analyses/extreme-images.js';
import type { SetInRole } from '../experiment/sets.js';
import type { ThumbnailMode } from './thumbnail-modes.js';

/** What stands for an image in a page. */
export interface Thumbnail {
  /** Of an `img`; null where there is nothing to show. */
  readonly source: string | null;
  /** Why there is nothing to show. */
  readonly why: string | null;
  /** Whether it has so few pixels that they are shown as squares. */
  readonly isSmall: boolean;
}

/** Pixels of the longer side of an embedded image, as many as a dense screen shows. */
const side = 160;

/** An image as it is stored. */
export const asStored: Preprocess = {
  resize: null,
  crop: null,
  interpolation: 'bilinear',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  truncated: 'load',
};

/** @param page the file of the page that links images */
export function thumbnailer(
  mode: ThumbnailMode,
  page: string,
  maxPixels: number,
): (set: SetInRole, row: ExtremeRow) => Promise<Thumbnail> {
  configureDecoder(1);
  const read = pixelReader({ maxPixels });
  const nothing = (why: string | null): Thumbnail => ({ source: null, why, isSmall: false });
  return async (set, { path, image }) => {
    if (mode === 'none') return nothing(null);
    const file = resolve(dirname(set.manifest), path);
    if (mode === 'linked') {
      if (set.corrupt !== undefined) return nothing('made while it is read');
      if (locationOf(file).part !== null) return nothing('in a file of many');
      if (!(await isThere(file))) return nothing('not there any more');
      return { source: linkTo(page, file), why: null, isSmall: false };
    }
    try {
      const how = set.corrupt === undefined ? {} : { corrupt: { setting: set.corrupt, id: image } };
      const { pixels } = await read(file, asStored, null, how);
      const { width, height } = pixels;
      const small = await sharp(pixels.data, { raw: { width, height, channels: 3 } })
        .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
        .webp({ quality: 75 })
        .toBuffer();
      const isSmall = Math.max(width, height) <= 96;
      return { source: `data:image/webp;base64,${small.toString('base64')}`, why: null, isSmall };
    } catch (error) {
      // The image was scored, and is gone or has changed since: the report is of the scores.
      if (error instanceof ImageError || error instanceof SystemFault)
        return nothing('can’t be read any more');
      throw error;
    }
  };
}

/** A link from a page to a file, which goes on to work where both are moved together. */
function linkTo(page: string, file: string): string {
  const way = relative(dirname(resolve(page)), file)
    .split(sep)
    .map(encodeURIComponent)
    .join('/');
  // The first part may look like a scheme.
  return way.startsWith('.') ? way : `./${way}`;
}
