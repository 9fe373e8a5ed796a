import { join } from 'node:path';
import { InputError } from '../../pipeline/errors.js';
import { didYouMean } from '../../pipeline/input/suggestion.js';
import { readText } from '../../pipeline/input/text-file.js';
import { show } from '../../pipeline/input/validate.js';
import type { ManifestEntry } from '../write-manifest.js';
import { baseOf, baseOption } from './base.js';
import { type BuilderValues, type BuiltManifest, type ManifestBuilder, textOption } from './builder.js';
import { findImages, imageExtensions, listFolder } from './image-tree.js';

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
    { flags: '--no-labels', doc: 'leave the labels out: classes that the model does not know' },
    baseOption,
  ],
  notes: `Images are the files that end in ${imageExtensions.join(', ')} (in any case), at any depth.

Examples:
  $ grodin manifest folder imagenet/val --base path -o val.csv
  $ grodin manifest folder imagenet-r --classes wnids.txt -o r.csv
  $ grodin manifest folder imagenet-o --no-labels -o o.csv
  $ grodin manifest folder imagenet-c/glass_blur/5 --base path -o c-glass-blur-5.csv`,
  build: buildFolder,
};

async function buildFolder(root: string, options: BuilderValues): Promise<BuiltManifest> {
  const base = textOption(options, 'base');
  const classes = textOption(options, 'classes');
  const { images, ignored } = await findImages(root);
  if (images.length === 0) {
    throw new InputError(`${root}: holds no images; expected files ending in ${imageExtensions.join(', ')}`);
  }
  const labelOf = options.labels === false ? () => null : await labelling(root, images, classes);
  const entries = images.map(
    (path): ManifestEntry => ({ path: join(root, path), label: labelOf(path), ...baseOf(path, base) }),
  );
  return { entries, ignored };
}

/** @returns the label of an image from its path below the root */
async function labelling(
  root: string,
  images: readonly string[],
  classesFile: string | undefined,
): Promise<(path: string) => number> {
  const used = new Set(images.map((path) => classFolder(root, path)));
  const names = classesFile === undefined ? await namesOfFolders(root, used) : await readClasses(classesFile);
  const labels = new Map(names.map((name, label) => [name, label]));
  return (path) => {
    const name = classFolder(root, path);
    const label = labels.get(name);
    if (label !== undefined) return label;
    const remedy = didYouMean(name, names) || '; add it, or use --no-labels for classes the model never saw';
    throw new InputError(`${join(root, name)}: class ${show(name)} is not in ${classesFile}${remedy}`);
  };
}

function classFolder(root: string, path: string): string {
  const end = path.indexOf('/');
  if (end > 0) return path.slice(0, end);
  const remedy = 'move it into one, or use --no-labels';
  throw new InputError(`${join(root, path)}: the image lies in no class folder; ${remedy}`);
}

async function namesOfFolders(root: string, used: ReadonlySet<string>): Promise<readonly string[]> {
  const { folders } = await listFolder(root);
  // A folder without images would silently move the labels of all that follow it.
  const empty = folders.find((name) => !used.has(name));
  if (empty === undefined) return folders;
  const remedy = 'remove it, or list the class folders with --classes';
  throw new InputError(`${join(root, empty)}: this class folder holds no images; ${remedy}`);
}

async function readClasses(file: string): Promise<readonly string[]> {
  const names = (await readText(file, 'class list'))
    .trimEnd()
    .split('\n')
    .map((line) => line.trim());
  names.forEach((name, i) => {
    const where = `${file}:${i + 1}`;
    if (name === '') throw new InputError(`${where}: this line is empty; expected one class name a line`);
    const earlier = names.indexOf(name);
    if (earlier < i) {
      throw new InputError(`${where}: class ${show(name)} already stands on line ${earlier + 1}; drop one`);
    }
  });
  return names;
}
