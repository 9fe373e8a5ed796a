import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { didYouMean } from '../input/suggestion.js';
import { readText } from '../input/text-file.js';
import { show } from '../input/validate.js';
import type { ManifestEntry } from '../write-manifest.js';
import { baseOf, baseOption } from './base.js';
import { classesByFolder, classOrderOption } from './class-order.js';
import { findImages, imageExtensions } from './image-tree.js';
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
  options: [
    {
      flags: '--classes <file>',
      doc: "class folder names in the order of the model's outputs, one a line (default: the folders sorted by name)",
    },
    classOrderOption,
    { flags: '--no-labels', doc: 'leave the labels out: classes that the model does not know' },
    baseOption,
  ],
  notes: `Images are the files that end in ${imageExtensions.join(', ')} (in any case), at any depth.

Examples:
  $ grodin manifest folder imagenet/val --base path -o val.csv
  $ grodin manifest folder imagenet-r --classes wnids.txt -o r.csv
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
  const labelOf = options.labels === false ? () => null : await labelling(root, images, options);
  const entries = images.map(
    (path): ManifestEntry => ({ path: join(root, path), label: labelOf(path), ...baseOf(path, base) }),
  );
  return { entries, leftOut };
}

/** @returns the label of an image from its path below the root */
async function labelling(
  root: string,
  images: readonly string[],
  options: BuilderValues,
): Promise<(path: string) => number> {
  const classesFile = textOption(options, 'classes');
  const order = textOption(options, 'classOrder');
  if (classesFile !== undefined && order !== undefined) {
    throw new InputError(
      `${setting('classes')} and ${setting('classOrder')} both say the order of the classes; give one of them`,
    );
  }
  const used = new Set(images.map((path) => classFolder(root, path)));
  const labels =
    classesFile === undefined ? await classesByFolder(root, used, order) : await readClasses(classesFile);
  return (path) => {
    const name = classFolder(root, path);
    const label = labels.get(name);
    if (label !== undefined) return label;
    const remedy =
      didYouMean(name, labels.keys()) ||
      `; add it, or use ${setting('noLabels')} for classes the model never saw`;
    throw new InputError(`${join(root, name)}: class ${show(name)} is not in ${classesFile}${remedy}`);
  };
}

function classFolder(root: string, path: string): string {
  const end = path.indexOf('/');
  if (end > 0) return path.slice(0, end);
  const remedy = `move it into one, or use ${setting('noLabels')}`;
  throw new InputError(`${join(root, path)}: the image lies in no class folder; ${remedy}`);
}

/** The label of each class by its name, as a list of names has them. @throws InputError naming the line at fault */
export async function readClasses(file: string): Promise<ReadonlyMap<string, number>> {
  const names = (await readText(file, 'class list'))
    .trimEnd()
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim());
  const labels = new Map<string, number>();
  names.forEach((name, i) => {
    const where = `${file}:${i + 1}`;
    if (name === '') throw new InputError(`${where}: this line is empty; expected one class name a line`);
    const earlier = labels.get(name);
    if (earlier !== undefined) {
      throw new InputError(`${where}: class ${show(name)} already stands on line ${earlier + 1}; drop one`);
    }
    labels.set(name, i);
  });
  return labels;
}
