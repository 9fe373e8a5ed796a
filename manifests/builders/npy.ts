import { InputError } from '../../stages/errors.js';
import { readArrayLabels } from '../item-files/array-labels.js';
import { readImageStack } from '../item-files/image-stack.js';
import { withRangedFile } from '../item-files/ranged-file.js';
import { itemPath, requireItemName } from '../location.js';
import {
  type BuilderValues,
  type BuiltManifest,
  type ManifestBuilder,
  textOption,
} from './manifest-builder.js';

/** A stack of images in an array file of NumPy, with its labels in another. */
export const npyBuilder: ManifestBuilder = {
  name: 'npy',
  summary:
    'a manifest of a stack of images in an array file of NumPy, [N, height, width, 3] or [N, height, width]',
  source: { name: 'STACK', doc: 'the stack of bytes (uint8), as numpy.save writes it' },
  options: [
    {
      flags: '--labels <file>',
      doc: 'an array file of class indices, one an image; -1 means that the class is unknown (default: no labels)',
    },
  ],
  notes: `Images stay where they are: rows name them as STACK.npy#INDEX.

Example:
  $ grodin manifest npy images.npy --labels labels.npy -o images.csv`,
  build: buildNpy,
};

async function buildNpy(stack: string, options: BuilderValues): Promise<BuiltManifest> {
  const file = textOption(options, 'labels');
  requireSingleArray(stack);
  requireItemName(stack, '.npy');
  const { count } = await withRangedFile(stack, 'a stack of images', readImageStack);
  if (count === 0)
    throw new InputError(`${stack}: the stack holds no images; save those that are to be listed`);
  const labels = file === undefined ? null : await labelsFrom(file, stack, count);
  const entries = Array.from({ length: count }, (_, index) => ({
    path: itemPath(stack, index),
    label: labels?.[index] ?? null,
  }));
  return { entries, leftOut: { others: 0, hidden: 0, deadLinks: [], notUtf8: [] } };
}

/** An archive of arrays would be of no use under another name. */
function requireSingleArray(stack: string): void {
  if (!stack.toLowerCase().endsWith('.npz')) return;
  throw new InputError(
    `${stack}: is an archive of arrays (.npz), and images are read from one array; save it alone: numpy.save("images.npy", numpy.load("images.npz")["NAME"])`,
  );
}

/** @throws InputError where there are more labels than images, or fewer */
export async function labelsFrom(
  file: string,
  stack: string,
  count: number,
): Promise<readonly (number | null)[]> {
  const labels = await withRangedFile(file, 'an array of labels', readArrayLabels);
  if (labels.length === count) return labels;
  throw new InputError(
    `${file}: has ${labels.length} labels, but ${stack} has ${count} images: they do not belong together; check both paths`,
  );
}
