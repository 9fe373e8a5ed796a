import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { setting } from '../../stages/setting.js';
import { show } from '../input/show.js';
import { readText } from '../input/text-file.js';
import { MatlabFault, readMatlabFile } from '../matlab/elements.js';
import { structFields } from '../matlab/structs.js';
import { imagenetWnids } from './wnids.js';

/** Files of the development kit, which its archive keeps in a folder `data`. */
const truthFile = 'ILSVRC2012_validation_ground_truth.txt';
const metaFile = 'meta.mat';

/** Classes that images have; the kit lists the groups of classes above them behind these. */
const classCount = 1000;

/** The kit's has half a megabyte. */
const largestMeta = 2 ** 26;

/**
 * The labels of ImageNet's validation images by the development kit: its own numbers of the classes (ILSVRC2012_ID, 1 to 1000)
 * become the classes' places among the sorted WordNet names, which is the order of networks' outputs.
 * @param kit the unpacked folder
 * @returns the class index of each image, in the order of the images' numbers
 * @throws InputError naming the file at fault
 */
export async function devkitLabels(kit: string): Promise<readonly number[]> {
  const folder = await dataFolder(kit);
  const labelOf = await labelsById(join(folder, metaFile));
  const truth = join(folder, truthFile);
  const lines = (await readText(truth, 'ground truth')).trimEnd().split(/\r\n|\n|\r/);
  return lines.map((line, i) => {
    const label = /^\d{1,4}$/.test(line.trim()) ? labelOf.get(Number(line)) : undefined;
    if (label !== undefined) return label;
    throw new InputError(
      `${truth}:${i + 1}: ${show(line)} is no class; expected a number from 1 to ${classCount} for each image`,
    );
  });
}

async function dataFolder(kit: string): Promise<string> {
  const found = await stat(kit).catch(() => null);
  if (found?.isFile())
    throw new InputError(
      `${kit}: is a file, and ${setting('devkit')} expects the folder that it unpacks to; unpack it with: tar -xzf ILSVRC2012_devkit_t12.tar.gz`,
    );
  for (const folder of [join(kit, 'data'), kit])
    if ((await stat(join(folder, metaFile)).catch(() => null)) !== null) return folder;
  throw new InputError(
    `${kit}: holds no data/${metaFile}; expected the folder ILSVRC2012_devkit_t12 that the development kit unpacks to`,
  );
}

async function labelsById(file: string): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, string>();
  for (const [id, wnid] of await synsets(file)) {
    const number = typeof id === 'string' ? undefined : id?.[0];
    if (number === undefined || typeof wnid !== 'string')
      throw new InputError(`${file}: holds a class whose number or name is none; download the kit again`);
    if (number <= classCount) found.set(number, wnid.trim());
  }
  const sorted = [...found.values()].sort();
  const shipped = await imagenetWnids();
  const other = shipped.find((wnid, i) => sorted[i] !== wnid);
  if (found.size !== classCount || other !== undefined)
    throw new InputError(
      `${file}: its classes 1 to ${classCount} are not those of ILSVRC 2012${other === undefined ? '' : ` (${other} is not among them)`}; give the kit of 2012, ILSVRC2012_devkit_t12`,
    );
  const places = new Map(sorted.map((wnid, label) => [wnid, label]));
  return new Map([...found].map(([id, wnid]) => [id, places.get(wnid) ?? -1]));
}

async function synsets(file: string): Promise<ReturnType<typeof structFields>> {
  try {
    const { size } = await stat(file);
    if (size > largestMeta)
      throw new MatlabFault(`has ${size} bytes, and the kit's has less than one million`);
    return structFields(readMatlabFile(await readFile(file)), 'synsets', ['ILSVRC2012_ID', 'WNID']);
  } catch (error) {
    if (error instanceof MatlabFault) throw new InputError(`${file}: ${error.message}`, { cause: error });
    const code = isError(error) && 'code' in error ? String(error.code) : null;
    if (code === null) throw error;
    throw new InputError(`${file}: can't be read (${code}); check its permissions`, { cause: error });
  }
}
