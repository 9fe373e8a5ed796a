import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { usualCorruptions } from '../corruptions.js';
import { severities } from '../imagenet/corruptions.js';
import type { CifarSet } from '../item-files/cifar-batch.js';
import { readImageStack } from '../item-files/image-stack.js';
import { withRangedFile } from '../item-files/ranged-file.js';
import { itemPath } from '../location.js';
import { cifarBase } from './base.js';
import type { BuiltCells, CellsBuilder, ManifestCell } from './cells-builder.js';
import { listFolder } from './listing.js';
import { labelsFrom } from './npy.js';
import { otherCorruptions } from './other-corruptions.js';

/** The test images of CIFAR under every corruption, as the archives CIFAR-10-C.tar and CIFAR-100-C.tar unpack. */
export const cifarCBuilder: CellsBuilder = {
  name: 'cifar-c',
  summary: 'manifests of CIFAR-10-C or CIFAR-100-C, one for each corruption and severity',
  source: { name: 'FOLDER', doc: 'the unpacked folder of NAME.npy files and labels.npy' },
  options: [],
  notes: `Images stay where they are: rows name them as NAME.npy#INDEX. The base of an image is that of the photograph in the
manifest of "grodin manifest cifar" for the test images (cifar-10/test/17), so that no photograph is tuned and tested on.

Example:
  $ grodin manifest cifar-c CIFAR-10-C -o cifar-10-c`,
  build: buildCifarC,
};

/** Test images of both sets. */
const photographs = 10_000;
const stackLength = photographs * severities.length;

const labelsFile = 'labels.npy';

async function buildCifarC(folder: string): Promise<BuiltCells> {
  const { files, hidden, special, deadLinks, notUtf8 } = await listFolder(folder);
  const stacks = files.filter((name) => name.endsWith('.npy') && name !== labelsFile);
  if (stacks.length === 0)
    throw new InputError(
      `${folder}: holds no stacks of images (fog.npy, …); give the folder that CIFAR-10-C.tar or CIFAR-100-C.tar unpacks to`,
    );
  if (!files.includes(labelsFile))
    throw new InputError(
      `${folder}: lacks ${labelsFile}, the labels of its stacks; unpack the archive again`,
    );
  const corruptions = stacks.map((name) => name.slice(0, -'.npy'.length));
  for (const name of stacks) await requireStack(join(folder, name));
  const labels = await testLabels(join(folder, labelsFile), join(folder, stacks[0] ?? labelsFile));
  return {
    cells: cellsOf(folder, corruptions, labels),
    validation: 500,
    missing: usualCorruptions.filter((name) => !corruptions.includes(name)),
    notes: otherCorruptions(folder, corruptions),
    leftOut: {
      others: files.length - stacks.length - 1 + special.length,
      hidden: hidden.length,
      deadLinks: deadLinks.map((name) => join(folder, name)),
      notUtf8: notUtf8.map((name) => join(folder, name)),
    },
    storedFor: 'cifar10',
  };
}

function* cellsOf(
  folder: string,
  corruptions: readonly string[],
  labels: readonly (number | null)[],
): Iterable<ManifestCell> {
  const set: CifarSet = labels.some((label) => label !== null && label >= 10) ? 'CIFAR-100' : 'CIFAR-10';
  for (const corruption of corruptions)
    for (const severity of severities)
      yield {
        name: `${corruption}-${severity}`,
        corruption,
        severity,
        entries: labels.map((label, photograph) => ({
          path: itemPath(join(folder, `${corruption}.npy`), (severity - 1) * photographs + photograph),
          label,
          base: cifarBase(set, 'test', photograph),
        })),
      };
}

async function requireStack(file: string): Promise<void> {
  const { count, height, width, channels } = await withRangedFile(file, 'a stack of images', readImageStack);
  if (count === stackLength && height === 32 && width === 32 && channels === 3) return;
  throw new InputError(
    `${file}: holds [${count}, ${height}, ${width}, ${channels}], expected [${stackLength}, 32, 32, 3], the ${photographs} test ` +
      'images in each severity; for other stacks there is "grodin manifest npy"',
  );
}

/**
 * Labels of the photographs.
 * @throws InputError where the five severities are not of the same photographs
 */
async function testLabels(file: string, stack: string): Promise<readonly (number | null)[]> {
  const labels = await labelsFrom(file, stack, stackLength);
  const wrong = labels.findIndex((label, i) => label !== labels[i % photographs]);
  if (wrong < 0) return labels.slice(0, photographs);
  throw new InputError(
    `${file}: label ${wrong} is another than label ${wrong % photographs}, but both are of test image ${wrong % photographs}: severities are blocks ` +
      `of ${photographs} images in one order; unpack the archive again`,
  );
}
