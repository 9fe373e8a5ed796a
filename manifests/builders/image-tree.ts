import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { isImageName } from '../image-formats.js';
import { naturally } from './image-order.js';
import { noteUnread, unreadImages } from './left-out.js';
import { listFolder } from './listing.js';
import type { LeftOut } from './manifest-builder.js';

export interface ImageTree {
  /** Paths below the root with forward slashes: a folder's own images first, then its sub-folders', each in natural order. */
  readonly images: readonly string[];
  /** What is no image, by paths below the root. */
  readonly leftOut: LeftOut;
}

/**
 * All images below a folder.
 * @param isApart whether a folder, by its path below the root, is to be passed over with all that is in it. Default: none is
 * @throws InputError when a folder can't be listed, or when a link leads back into a folder that holds it
 */
export async function findImages(
  root: string,
  isApart: (folder: string) => boolean = () => false,
): Promise<ImageTree> {
  const images: string[] = [];
  const deadLinks: string[] = [];
  const notUtf8: string[] = [];
  const unread = new Map<string, number>();
  let others = 0;
  let hidden = 0;
  const walk = async (folder: string, below: string, above: readonly string[]): Promise<void> => {
    const listing = await listFolder(folder);
    const real = await realpath(folder);
    if (above.includes(real)) {
      throw new InputError(`${folder}: a link back to ${real}, a folder that contains it; remove the link`);
    }
    for (const file of [...listing.files].sort(naturally)) {
      if (isImageName(file)) images.push(`${below}${file}`);
      else {
        others++;
        noteUnread(unread, file);
      }
    }
    others += listing.special.length;
    hidden += listing.hidden.length;
    for (const name of listing.deadLinks) deadLinks.push(`${below}${name}`);
    for (const name of listing.notUtf8) notUtf8.push(`${below}${name}`);
    for (const name of [...listing.folders].sort(naturally)) {
      if (!isApart(`${below}${name}`)) await walk(join(folder, name), `${below}${name}/`, [...above, real]);
    }
  };
  await walk(root, '', []);
  return { images, leftOut: { others, hidden, deadLinks, notUtf8, ...unreadImages(unread) } };
}
