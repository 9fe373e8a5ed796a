import { basename, join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { imagenetClasses, imagenetLabels } from '../imagenet/wnids.js';
import { show } from '../input/show.js';
import { didYouMean } from '../input/suggestion.js';
import { readText } from '../input/text-file.js';
import { type ClassFolders, classesByFolder, classOrderOption } from './class-order.js';
import { type BuilderOption, type BuilderValues, textOption } from './manifest-builder.js';

/** The option that names the classes. */
export const classesOption: BuilderOption = {
  flags: '--classes <file>',
  doc: `class folder names in the order of the model's outputs, one a line, or "${imagenetClasses}" for ImageNet's 1 000 (default: the folders sorted by name)`,
};

/** The option that leaves labels out. */
export const noLabelsOption: BuilderOption = {
  flags: '--no-labels',
  doc: 'leave the labels out: classes that the model does not know',
};

/** The options of builders whose images lie in class folders. */
export const classOptions: readonly BuilderOption[] = [classesOption, classOrderOption, noLabelsOption];

/**
 * What labels images have by the class folders that they lie in, as the options say.
 * @param root as messages name it
 * @param images paths below the root
 * @param list what folders lie in the root; asked for where their order decides
 * @returns the label of an image from its path below the root; null for all where there are to be none
 * @throws InputError naming the folder or image at fault
 */
export async function classLabels(
  root: string,
  images: readonly string[],
  list: () => Promise<ClassFolders>,
  options: BuilderValues,
): Promise<(path: string) => number | null> {
  if (options.labels === false) return () => null;
  requireClasses(root);
  const classesFile = textOption(options, 'classes');
  const order = textOption(options, 'classOrder');
  if (classesFile !== undefined && order !== undefined) {
    throw new InputError(
      `${setting('classes')} and ${setting('classOrder')} both say the order of the classes; give one of them`,
    );
  }
  const used = new Set(images.map((path) => classFolder(root, path)));
  if (classesFile === undefined) requireSeveralClasses(root, images);
  const labels =
    classesFile === undefined
      ? classesByFolder(root, await list(), used, order)
      : await readClasses(classesFile);
  return (path) => {
    const name = classFolder(root, path);
    const label = labels.get(name);
    if (label !== undefined) return label;
    const remedy =
      didYouMean(name, labels.keys()) ||
      (classesFile === imagenetClasses
        ? `; remove it, or list the classes with ${setting('classes', 'FILE')}`
        : '') ||
      `; add it, or use ${setting('noLabels')} for classes the model never saw`;
    throw new InputError(`${join(root, name)}: class ${show(name)} is not in ${classesFile}${remedy}`);
  };
}

/** ImageNet-O's folders bear names of classes that its images are not of. */
function requireClasses(root: string): void {
  if (!/^imagenet[-_]?o(?:\.tar)?$/i.test(basename(root))) return;
  throw new InputError(
    `${root}: the class folders of ImageNet-O are not the classes of its images; use ${call('imagenetOManifest')}, or ${setting('noLabels')}`,
  );
}

/**
 * Where all images lie in one folder, and in folders there, those are the classes more likely than it: a root that is one
 * folder too high would give every image the label 0.
 */
function requireSeveralClasses(root: string, images: readonly string[]): void {
  const parts = images.map((path) => path.split('/'));
  const [[only = ''] = []] = parts;
  if (parts.length === 0 || parts.some(([first]) => first !== only)) return;
  const within = new Set(parts.flatMap(([, folder = '', ...rest]) => (rest.length > 0 ? [folder] : [])));
  if (within.size < 2) return;
  const [example = ''] = within;
  throw new InputError(
    `${join(root, only)}: would be the only class, but its images lie in folders, as ${show(example)}, which may be the classes; ` +
      `name the folder that holds the class folders as the root, move images that lie beside them, or list the one class with ${setting('classes', 'FILE')}`,
  );
}

function classFolder(root: string, path: string): string {
  const end = path.indexOf('/');
  if (end > 0) return path.slice(0, end);
  const remedy = `move it into one, or use ${setting('noLabels')}`;
  throw new InputError(`${join(root, path)}: the image lies in no class folder; ${remedy}`);
}

/**
 * Reads a list of classes, one name a line, in the order of the model's outputs.
 * @param file its path, or `imagenet-1k` for the list that is shipped
 * @returns the label of each class by its name
 * @throws InputError naming file and line, where one is empty or stands twice
 */
export async function readClasses(file: string): Promise<ReadonlyMap<string, number>> {
  if (file === imagenetClasses) return imagenetLabels();
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
