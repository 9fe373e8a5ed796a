import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { show } from '../input/show.js';
import { didYouMean } from '../input/suggestion.js';
import { readText } from '../input/text-file.js';
import { noLabelsOption, readClasses } from './class-labels.js';
import { byBytes } from './image-order.js';
import { findImages } from './image-tree.js';
import {
  type BuilderValues,
  type BuiltManifest,
  type ManifestBuilder,
  textOption,
} from './manifest-builder.js';

/** tiny-ImageNet's validation images: all in one folder, with a list of their classes beside it. */
export const tinyImagenetBuilder: ManifestBuilder = {
  name: 'tiny-imagenet',
  summary: "a manifest of tiny-ImageNet's validation images and their annotations",
  source: { name: 'ROOT', doc: 'the folder tiny-imagenet-200 that tiny-imagenet-200.zip unpacks to' },
  options: [
    {
      flags: '--classes <file>',
      doc: 'WordNet names in the order of the outputs, one a line: "ROOT/wnids.txt" for the order of that file (default: its names sorted, as torchvision orders the training folders)',
    },
    noLabelsOption,
  ],
  notes: `Labels are the classes of val/val_annotations.txt. wnids.txt is not sorted: networks that were trained on the folder train/ have
the sorted order. For the training images there is "grodin manifest folder tiny-imagenet-200/train".

Examples:
  $ grodin manifest tiny-imagenet tiny-imagenet-200 -o tiny.csv
  $ grodin manifest tiny-imagenet tiny-imagenet-200 --no-labels -o tiny-as-outliers.csv`,
  build: buildTinyImagenet,
};

async function buildTinyImagenet(root: string, options: BuilderValues): Promise<BuiltManifest> {
  const found = await stat(root).catch(() => null);
  if (found?.isFile())
    throw new InputError(
      `${root}: is a file; expected the folder that it unpacks to: unzip tiny-imagenet-200.zip`,
    );
  const annotations = join(root, 'val', 'val_annotations.txt');
  if ((await stat(annotations).catch(() => null)) === null)
    throw new InputError(
      `${root}: holds no val/val_annotations.txt; give the folder tiny-imagenet-200, or for class folders there is ${call('folderManifest')}`,
    );
  const folder = join(root, 'val', 'images');
  const { images, leftOut } = await findImages(folder);
  const wnids = await readAnnotations(annotations);
  const without = images.find((name) => !wnids.has(name));
  if (without !== undefined)
    throw new InputError(
      `${annotations}: has no line of ${show(without)}, an image of ${folder}; restore it`,
    );
  if (wnids.size !== images.length) {
    const missing = [...wnids.keys()].find((name) => !images.includes(name)) ?? '';
    throw new InputError(
      `${folder}: holds ${images.length} images, and ${annotations} lists ${wnids.size}; ${show(missing)} is missing: restore it`,
    );
  }
  const labelOf = options.labels === false ? () => null : await labelling(root, annotations, options);
  const entries = images.map((name) => ({
    path: join(folder, name),
    label: labelOf(wnids.get(name) ?? ''),
  }));
  return { entries, leftOut };
}

/** The class of each image by its file's name: `name`, `wnid` and a box, separated by tabs. */
async function readAnnotations(file: string): Promise<ReadonlyMap<string, string>> {
  const wnids = new Map<string, string>();
  for (const [i, line] of (await readText(file, 'list of annotations')).split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') continue;
    const [name = '', wnid = ''] = line.split('\t').map((cell) => cell.trim());
    const where = `${file}:${i + 1}`;
    if (name === '' || !/^n\d{8}$/.test(wnid))
      throw new InputError(
        `${where}: ${show(line)} is no annotation; expected an image, a tab and a class (n01443537)`,
      );
    if (wnids.has(name))
      throw new InputError(`${where}: ${show(name)} has an annotation on an earlier line; drop one of them`);
    wnids.set(name, wnid);
  }
  return wnids;
}

async function labelling(
  root: string,
  annotations: string,
  options: BuilderValues,
): Promise<(wnid: string) => number> {
  const given = textOption(options, 'classes');
  const file = given ?? join(root, 'wnids.txt');
  const listed = await readClasses(file);
  const names = given === undefined ? [...listed.keys()].sort(byBytes) : [...listed.keys()];
  const labels = new Map(names.map((wnid, label) => [wnid, label]));
  return (wnid) => {
    const label = labels.get(wnid);
    if (label !== undefined) return label;
    const remedy = didYouMean(wnid, names) || `; add it, or use ${setting('noLabels')}`;
    throw new InputError(`${annotations}: class ${show(wnid)} is not in ${file}${remedy}`);
  };
}
