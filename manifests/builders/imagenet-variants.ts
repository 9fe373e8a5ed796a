import { imagenetClasses } from '../imagenet/wnids.js';
import { baseOf, baseOption } from './base.js';
import { classesOption, classLabels, noLabelsOption } from './class-labels.js';
import { folderOf } from './image-order.js';
import { imagesOf } from './image-source.js';
import { type BuilderOption, type ManifestBuilder, textOption } from './manifest-builder.js';

/** A set of images beside ImageNet-1K, as its download page has it: one folder a class, in a tar. */
interface Variant {
  readonly name: string;
  readonly title: string;
  /** What the download is called. */
  readonly archive: string;
  readonly images: number;
  readonly folders: number;
  /** Whether the folders' names are the classes of their images. */
  readonly isLabelled: boolean;
  /** What its user should know. */
  readonly remark: string;
}

const fewClasses =
  'Its 200 classes are among the 1 000 of ImageNet-1K, and labels are their indices there: scores are of all 1 000 outputs.';

export const imagenetABuilder = builderOf({
  name: 'imagenet-a',
  title: 'ImageNet-A',
  archive: 'imagenet-a.tar',
  images: 7500,
  folders: 200,
  isLabelled: true,
  remark: fewClasses,
});

export const imagenetOBuilder = builderOf({
  name: 'imagenet-o',
  title: 'ImageNet-O',
  archive: 'imagenet-o.tar',
  images: 2000,
  folders: 200,
  isLabelled: false,
  remark:
    'Its images are of classes that are not among the 1 000 of ImageNet-1K. Its folders bear names of these 1 000 all the same, for\n' +
    'which networks take the images: they are not labels, and none are written.',
});

export const imagenetRBuilder = builderOf({
  name: 'imagenet-r',
  title: 'ImageNet-R',
  archive: 'imagenet-r.tar',
  images: 30_000,
  folders: 200,
  isLabelled: true,
  remark: fewClasses,
});

function builderOf(variant: Variant): ManifestBuilder {
  const { name, title, archive, isLabelled, remark } = variant;
  const labelling: readonly BuilderOption[] = [
    {
      ...classesOption,
      doc: 'WordNet names in the order of the outputs, one a line (default: the 1 000, sorted)',
    },
    noLabelsOption,
  ];
  return {
    name,
    summary: `a manifest of ${title}${isLabelled ? '' : ', without labels'}`,
    source: { name: 'SOURCE', doc: `${archive}, or the folder that it unpacks to` },
    options: isLabelled ? [...labelling, baseOption] : [baseOption],
    notes: `${remark}

Example:
  $ grodin manifest ${name} ${archive} -o ${name}.csv`,
    build: async (source, options) => {
      const { root, images, listFolders, leftOut } = await imagesOf(source);
      const paths = images.map(({ path }) => path);
      const labelOf = await classLabels(root, paths, listFolders, {
        classes: textOption(options, 'classes') ?? imagenetClasses,
        labels: isLabelled && options.labels !== false,
      });
      const entries = images.map(({ path, location, id }) => ({
        path: location,
        label: labelOf(path),
        id,
        ...baseOf(path, textOption(options, 'base')),
      }));
      return { entries, leftOut, notes: unusual(source, variant, paths), storedFor: 'imagenet' };
    },
  };
}

/** Says where there are more or fewer images than the set has: subsets are of use, and torn downloads are not. */
function unusual(
  source: string,
  { title, images, folders }: Variant,
  paths: readonly string[],
): readonly string[] {
  const found = new Set(paths.map(folderOf)).size;
  if (paths.length === images && found === folders) return [];
  return [
    `${source}: holds ${paths.length} images in ${found} folders, and ${title} has ${images} in ${folders}; the manifest is of those that are there`,
  ];
}
