import { posix } from 'node:path';
import type { CifarSet } from '../item-files/cifar-batch.js';
import type { BuilderOption } from './manifest-builder.js';

/** The option of builders whose images may be copies of photographs that other sets hold too. */
export const baseOption: BuilderOption = {
  flags: '--base <kind>',
  doc:
    'write a base column, so that copies of one photograph in several sets fall into the same split: ' +
    '"path" = path below the root, "name" = file name, both without the extension',
  choices: ['path', 'name'],
};

/**
 * The photograph that an image was made from.
 * @param path path of the image below the root, with forward slashes
 * @param kind a choice of `baseOption`; undefined where every image is a photograph of its own
 */
export function baseOf(path: string, kind: string | undefined): { readonly base?: string } {
  if (kind === undefined) return {};
  const { dir, name } = posix.parse(path);
  return { base: kind === 'path' ? posix.join(dir, name) : name };
}

/**
 * The photograph of an image of CIFAR, or of a corrupted copy of it: the same wherever it is listed, and another for each
 * set, so that those of CIFAR-10 and CIFAR-100 with one number are not taken for one.
 * @param index of the image in its part, in the order of the files
 */
export const cifarBase = (set: CifarSet, part: 'test' | 'train', index: number): string =>
  `${set.toLowerCase()}/${part}/${index}`;
