import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { imageExtensions } from '../image-formats.js';
import type { ManifestEntry } from '../write-manifest.js';
import { baseOf, baseOption } from './base.js';
import { classLabels, classOptions } from './class-labels.js';
import { findImages } from './image-tree.js';
import { listFolder } from './listing.js';
import {
  type BuilderValues,
  type BuiltManifest,
  type ManifestBuilder,
  textOption,
} from './manifest-builder.js';

/** A tree with one folder a class, as ImageNet and torchvision's ImageFolder have it: ROOT/CLASS/…/image. */
export const folderBuilder: ManifestBuilder = {
  name: 'folder',
  summary: 'a manifest of a tree with one folder a class (ROOT/CLASS/.../image)',
  source: { name: 'ROOT', doc: 'the folder that holds the class folders' },
  options: [...classOptions, baseOption],
  notes: `Images are the files that end in ${imageExtensions.join(', ')} (in any case), at any depth.

Examples:
  $ grodin manifest folder imagenet/val --base path -o val.csv
  $ grodin manifest folder imagenet-r --classes imagenet-1k -o r.csv
  $ grodin manifest folder imagenetv2 --class-order number -o v2.csv
  $ grodin manifest folder imagenet-o --no-labels -o o.csv
  $ grodin manifest folder imagenet-c/glass_blur/5 --base path -o c-glass-blur-5.csv`,
  build: buildFolder,
};

async function buildFolder(root: string, options: BuilderValues): Promise<BuiltManifest> {
  const base = textOption(options, 'base');
  const { images, leftOut } = await findImages(root);
  if (images.length === 0) {
    throw new InputError(`${root}: holds no images; expected files ending in ${imageExtensions.join(', ')}`);
  }
  const labelOf = await classLabels(root, images, () => listFolder(root), options);
  const entries = images.map(
    (path): ManifestEntry => ({ path: join(root, path), label: labelOf(path), ...baseOf(path, base) }),
  );
  return { entries, leftOut };
}
