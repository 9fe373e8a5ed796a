import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { binaryVersions, type CifarSet, cifarSetByName } from '../item-files/cifar-batch.js';
import { listFolder } from './listing.js';

/** The half of a set that networks are tested on, or the other. */
export type CifarPart = 'test' | 'train';

/** One file of the binary version. */
export interface CifarFile {
  readonly path: string;
  /** Images that it has; null where any number is good. */
  readonly count: number | null;
  /** Whose images these are, and the number of the first in its part; null where nobody knows. */
  readonly of: { readonly set: CifarSet; readonly part: CifarPart; readonly from: number } | null;
}

/** The files of each part, and how many images each has. */
const contents: Readonly<
  Record<CifarSet, Readonly<Record<CifarPart, readonly (readonly [string, number])[]>>>
> = {
  'CIFAR-10': {
    test: [['test_batch.bin', 10_000]],
    train: [1, 2, 3, 4, 5].map((number) => [`data_batch_${number}.bin`, 10_000] as const),
  },
  'CIFAR-100': { test: [['test.bin', 10_000]], train: [['train.bin', 50_000]] },
};

/** What the archives of the binary version unpack to. */
const folderNames = ['cifar-10-batches-bin', 'cifar-100-binary'];

/** What only other versions have in their folders. */
const pickleNames: ReadonlySet<string> = new Set(['batches.meta', 'test_batch', 'meta', 'test', 'train']);

/**
 * The files of a part of a set, in their order.
 * @throws InputError where the folder holds none of the binary version, those of both sets, or not all of the part
 */
export async function cifarFiles(
  folder: string,
  part: CifarPart,
): Promise<{ readonly files: readonly CifarFile[]; readonly others: number }> {
  const { files: names, folders } = await listFolder(folder);
  const sets = new Set(names.map(cifarSetByName).filter((set) => set !== null));
  const [set, second] = sets;
  if (set === undefined) throw new InputError(`${folder}: ${whatElse(names, folders)}`);
  if (second !== undefined)
    throw new InputError(
      `${folder}: holds files of CIFAR-10 and of CIFAR-100; unpack each into a folder of its own, or name the file`,
    );
  const wanted = contents[set][part];
  const missing = wanted.filter(([name]) => !names.includes(name)).map(([name]) => name);
  if (missing.length > 0)
    throw new InputError(
      `${folder}: lacks ${missing.join(', ')} of ${set}'s ${part} images; unpack ${archiveOf(set)} again`,
    );
  let from = 0;
  const files = wanted.map(([name, count]): CifarFile => {
    const file: CifarFile = { path: join(folder, name), count, of: { set, part, from } };
    from += count;
    return file;
  });
  return { files, others: names.length - files.length };
}

const archiveOf = (set: CifarSet): string => `${set.toLowerCase()}-binary.tar.gz`;

function whatElse(names: readonly string[], folders: readonly string[]): string {
  const below = folders.find((name) => folderNames.includes(name));
  if (below !== undefined) return `holds no files of CIFAR's binary version itself; give its folder ${below}`;
  const instead = `download the binary version, ${binaryVersions}`;
  if (names.some((name) => pickleNames.has(name) || /^data_batch_\d+$/.test(name)))
    return `holds pickles of CIFAR's Python version, which are not read; ${instead}`;
  if (names.some((name) => name.endsWith('.mat')))
    return `holds files of CIFAR's MATLAB version, which are not read; ${instead}`;
  return `holds no files of CIFAR's binary version (data_batch_1.bin, test_batch.bin, train.bin, test.bin); ${instead}`;
}
