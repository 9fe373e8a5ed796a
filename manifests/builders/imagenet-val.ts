import { posix } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { devkitLabels } from '../imagenet/devkit.js';
import { imagenetClasses } from '../imagenet/wnids.js';
import { show } from '../input/show.js';
import { classesOption, noLabelsOption, readClasses } from './class-labels.js';
import { folderOf } from './image-order.js';
import { imagesOf, type SourceImage } from './image-source.js';
import { readLabelList } from './label-list.js';
import {
  type BuilderValues,
  type BuiltManifest,
  type ManifestBuilder,
  textOption,
} from './manifest-builder.js';

/** ImageNet-1K's validation images as they are downloaded: all in one folder, or in the official tar. */
export const imagenetValBuilder: ManifestBuilder = {
  name: 'imagenet-val',
  summary: "a manifest of ImageNet-1K's validation images, flat in a folder or in the official tar",
  source: { name: 'SOURCE', doc: 'ILSVRC2012_img_val.tar, or the folder that it unpacks to' },
  options: [
    {
      flags: '--devkit <dir>',
      doc: 'the unpacked development kit, ILSVRC2012_devkit_t12: its ground truth, mapped through meta.mat',
    },
    {
      flags: '--labels <file>',
      doc: 'in place of the kit: a list of "path label", label a class index or a WordNet name (n01440764)',
    },
    {
      ...classesOption,
      doc: 'WordNet names in the order of the outputs, one a line, for names in the list (default: the 1 000, sorted)',
    },
    noLabelsOption,
  ],
  notes: `The base of an image is its file's name without the extension, as ImageNet-C has it for the corrupted copies.
For class folders (val/n01440764/...) there is "grodin manifest folder".

Examples:
  $ grodin manifest imagenet-val ILSVRC2012_img_val.tar --devkit ILSVRC2012_devkit_t12 -o val.csv
  $ grodin manifest imagenet-val val --labels val.txt -o val.csv`,
  build: buildImagenetVal,
};

async function buildImagenetVal(source: string, options: BuilderValues): Promise<BuiltManifest> {
  const kit = textOption(options, 'devkit');
  const list = textOption(options, 'labels');
  if ([kit !== undefined, list !== undefined, options.labels === false].filter(Boolean).length !== 1)
    throw new InputError(
      `${source}: the images say no labels; give ${setting('devkit')} with the development kit, ${setting('labels')} with a list, or ${setting('noLabels')}, one of them`,
    );
  const { images, leftOut } = await imagesOf(source);
  requireFlat(source, images);
  const labelOf =
    kit !== undefined
      ? await labelsByNumber(source, images, kit)
      : list !== undefined
        ? await labelsByName(source, images, list, textOption(options, 'classes'))
        : () => null;
  const entries = images.map((image) => ({
    path: image.location,
    label: labelOf(image),
    id: image.id,
    base: posix.parse(image.path).name,
  }));
  return { entries, leftOut, notes: unusual(source, images.length), storedFor: 'imagenet' };
}

/** Images of the whole set. */
const usualCount = 50_000;

/** Says where there are more or fewer images than the set has: subsets are of use, and torn downloads are not. */
function unusual(source: string, count: number): readonly string[] {
  if (count === usualCount) return [];
  return [
    `${source}: holds ${count} images, and ImageNet's validation set has ${usualCount}; the manifest is of those that are there`,
  ];
}

type LabelOf = (image: SourceImage) => number | null;

function requireFlat(source: string, images: readonly SourceImage[]): void {
  const folders = new Set(images.map(({ path }) => folderOf(path)));
  if (folders.size === 1) return;
  const names = [...folders].slice(0, 2).map(show).join(', ');
  throw new InputError(
    `${source}: its images lie in ${folders.size} folders (${names}, …), and here they are expected in one; for class folders there are ${call('folderManifest')} and ${call('tarManifest')}`,
  );
}

/** By the numbers in the images' names, which count the lines of the ground truth. */
async function labelsByNumber(source: string, images: readonly SourceImage[], kit: string): Promise<LabelOf> {
  const labels = await devkitLabels(kit);
  const numbers = new Map<number, string>();
  for (const { path } of images) {
    const number = Number(/(?:^|\/)ILSVRC2012_val_(\d{8})\.\w+$/.exec(path)?.[1] ?? Number.NaN);
    const earlier = numbers.get(number);
    if (Number.isNaN(number))
      throw new InputError(
        `${source}: ${show(path)} is no name of a validation image (ILSVRC2012_val_00000001.JPEG); remove it, or give ${setting('labels')} with a list`,
      );
    if (earlier !== undefined)
      throw new InputError(`${source}: ${show(path)} and ${show(earlier)} are one image; remove one`);
    numbers.set(number, path);
  }
  const missing = labels.findIndex((_, i) => !numbers.has(i + 1)) + 1;
  if (missing > 0 || numbers.size !== labels.length)
    throw new InputError(
      `${source}: holds ${numbers.size} images, and the ground truth of ${kit} is of ${labels.length}${missing > 0 ? `; number ${missing} is missing` : ''}; restore the images or the kit`,
    );
  return ({ path }) => labels[Number(path.match(/(\d{8})\.\w+$/)?.[1]) - 1] ?? null;
}

async function labelsByName(
  source: string,
  images: readonly SourceImage[],
  list: string,
  classesFile: string | undefined,
): Promise<LabelOf> {
  const labels = await readLabelList(list, await readClasses(classesFile ?? imagenetClasses));
  const nameOf = ({ path }: SourceImage): string => posix.basename(path);
  const without = images.find((image) => !labels.has(nameOf(image)));
  if (without !== undefined)
    throw new InputError(
      `${list}: lists no label of ${show(nameOf(without))}, an image of ${source}; add it, or remove the image`,
    );
  if (labels.size !== images.length) {
    const there = new Set(images.map(nameOf));
    const missing = [...labels.keys()].find((name) => !there.has(name)) ?? '';
    throw new InputError(
      `${source}: holds ${images.length} images, and ${list} lists ${labels.size}; ${show(missing)} is missing: restore it, or drop its line`,
    );
  }
  return (image) => labels.get(nameOf(image)) ?? null;
}
