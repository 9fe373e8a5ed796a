import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import {
  type CifarBatch,
  type CifarLabels,
  type CifarSet,
  cifarSetByName,
  readCifarBatch,
  readCifarLabels,
} from '../item-files/cifar-batch.js';
import { ItemFault, withRangedFile } from '../item-files/ranged-file.js';
import { itemPath, requireItemName } from '../location.js';
import type { ManifestEntry } from '../write-manifest.js';
import { cifarBase } from './base.js';
import { type CifarFile, type CifarPart, cifarFiles } from './cifar-folder.js';
import {
  type BuilderValues,
  type BuiltManifest,
  type ManifestBuilder,
  textOption,
} from './manifest-builder.js';

/** The binary versions of CIFAR-10 and CIFAR-100 as their download page has them, unpacked. */
export const cifarBuilder: ManifestBuilder = {
  name: 'cifar',
  summary: 'a manifest of the binary version of CIFAR-10 or CIFAR-100 (data_batch_1.bin, test.bin, …)',
  source: { name: 'SOURCE', doc: 'the unpacked folder, or one of its .bin files' },
  options: [
    {
      flags: '--set <part>',
      doc: 'which images of a folder: "test" (default) or "train"',
      choices: ['test', 'train'],
    },
    {
      flags: '--labels <kind>',
      doc: 'the 100 "fine" classes of CIFAR-100 (default) or its 20 "coarse" ones; "none" leaves labels out: classes that the model does not know',
      choices: ['fine', 'coarse', 'none'],
    },
  ],
  notes: `Images stay where they are: rows name them as FILE.bin#INDEX. The base of an image is its set, part and number
(cifar-10/test/17), as "grodin manifest cifar-c" has it for the corrupted copies.

Examples:
  $ grodin manifest cifar cifar-10-batches-bin -o cifar-10.csv
  $ grodin manifest cifar cifar-100-binary --labels none -o cifar-100.csv
  $ grodin manifest cifar cifar-10-batches-bin --set train -o train.csv`,
  build: buildCifar,
};

async function buildCifar(source: string, options: BuilderValues): Promise<BuiltManifest> {
  const kind = textOption(options, 'labels');
  const part = textOption(options, 'set');
  const isFolder = (await stat(source).catch(() => null))?.isDirectory() ?? false;
  if (!isFolder && part !== undefined)
    throw new InputError(
      `${source}: is one file, and ${setting('set')} says which files of a folder are meant; leave it out`,
    );
  const { files, others } = isFolder
    ? await cifarFiles(source, part === 'train' ? 'train' : 'test')
    : { files: [oneFile(source)], others: 0 };
  const entries: ManifestEntry[] = [];
  for (const file of files) for (const entry of await entriesOf(file, kind)) entries.push(entry);
  // Both sets have images of one size.
  return { entries, leftOut: { others, hidden: 0, deadLinks: [], notUtf8: [] }, storedFor: 'cifar10' };
}

/** A file by itself may hold any number of images; those of an official name have photographs that others may be made from. */
function oneFile(path: string): CifarFile {
  const set = cifarSetByName(path);
  const name = basename(path).toLowerCase();
  const part: CifarPart = name.startsWith('test') ? 'test' : 'train';
  const batch = Number(/^data_batch_(?<number>\d+)/.exec(name)?.groups?.number ?? 1);
  return { path, count: null, of: set === null ? null : { set, part, from: 10_000 * (batch - 1) } };
}

async function entriesOf(
  { path, count, of }: CifarFile,
  kind: string | undefined,
): Promise<readonly ManifestEntry[]> {
  const { batch, labels } = await withRangedFile(
    path,
    "a file of CIFAR's binary version",
    async (file): Promise<{ readonly batch: CifarBatch; readonly labels: CifarLabels }> => {
      const found = await readCifarBatch(file);
      if (of !== null && of.set !== found.set && count !== null)
        throw new ItemFault(
          `holds rows of ${found.set}, where the folder is that of ${of.set}; unpack it again`,
        );
      if (count !== null && found.count !== count)
        throw new ItemFault(
          `has ${found.count} images, but ${count} in ${found.set}'s archive; unpack it again, or give the path of the file itself`,
        );
      return { batch: found, labels: await readCifarLabels(file, found) };
    },
  );
  requireItemName(path, '.bin');
  const chosen = kind === 'coarse' ? coarseOf(path, batch.set, labels) : labels.fine;
  const isNamed = of !== null && of.set === batch.set;
  return Array.from(chosen, (label, index) => ({
    path: itemPath(path, index),
    label: kind === 'none' ? null : label,
    ...(isNamed ? { base: cifarBase(of.set, of.part, of.from + index) } : {}),
  }));
}

function coarseOf(path: string, set: CifarSet, { coarse }: CifarLabels): Uint8Array {
  if (coarse !== null) return coarse;
  throw new InputError(
    `${path}: ${setting('labels', 'coarse')} is for CIFAR-100, and this is ${set}; leave it out`,
  );
}
