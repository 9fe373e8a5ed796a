import { basename } from 'node:path';
import { ItemFault, type RangedFile } from './ranged-file.js';

/** Which of the two sets a batch is of: rows of CIFAR-10 begin with one label, those of CIFAR-100 with two. */
export type CifarSet = 'CIFAR-10' | 'CIFAR-100';

/** A file of the binary version: rows of labels and 3 072 bytes, the red, the green and the blue plane of 32×32 pixels. */
export interface CifarBatch {
  readonly set: CifarSet;
  readonly count: number;
}

/** Bytes of the pixels of a row. */
export const cifarPixels = 3 * 32 * 32;

/** Labels before the pixels of a row, and how many classes each tells apart: coarse before fine. */
const cifarClasses: Readonly<Record<CifarSet, readonly number[]>> = {
  'CIFAR-10': [10],
  'CIFAR-100': [20, 100],
};

const sets: readonly CifarSet[] = ['CIFAR-10', 'CIFAR-100'];

/** Bytes of a row, labels and pixels. */
export const cifarRow = (set: CifarSet): number => cifarClasses[set].length + cifarPixels;

/** What the archives of the binary version are called on the download page. */
export const binaryVersions = 'cifar-10-binary.tar.gz or cifar-100-binary.tar.gz';

/** The set that a file of the binary version is of by its name alone. */
export function cifarSetByName(file: string): CifarSet | null {
  const name = basename(file).toLowerCase();
  if (/^(?:data_batch_\d+|test_batch)\.bin$/.test(name)) return 'CIFAR-10';
  return /^(?:train|test)\.bin$/.test(name) ? 'CIFAR-100' : null;
}

/**
 * Of which set a file is and how many images it has, told from the file alone: its size, then its name, then its labels.
 * @throws ItemFault where it is no file of the binary version, or could be of either set
 */
export async function readCifarBatch(file: RangedFile): Promise<CifarBatch> {
  const other = otherVersion(await file.read(0, Math.min(file.size, 20)));
  if (other !== null)
    throw new ItemFault(`is ${other}, which is not read; download the binary version, ${binaryVersions}`);
  const fitting = sets.filter((set) => file.size > 0 && file.size % cifarRow(set) === 0);
  const [set, second] = fitting;
  if (set === undefined)
    throw new ItemFault(
      `has ${file.size} bytes, which are neither rows of ${cifarRow('CIFAR-10')} (CIFAR-10) nor of ${cifarRow('CIFAR-100')} ` +
        `(CIFAR-100); if it was cut off, unpack ${binaryVersions} again`,
    );
  const told = second === undefined ? set : (cifarSetByName(file.path) ?? (await setByLabels(file)));
  return { set: told, count: file.size / cifarRow(told) };
}

/** What a file begins with that is none of the binary version: no label is so large. */
function otherVersion(beginning: Uint8Array): string | null {
  const [first = 0, second = 0] = beginning;
  if (first === 0x80 && second <= 5) return "a pickle of CIFAR's Python version";
  if (first === 0x1f && second === 0x8b) return 'an archive';
  const isMatlab = Buffer.from(beginning).toString('latin1').startsWith('MATLAB');
  return isMatlab ? "a file of CIFAR's MATLAB version" : null;
}

/** A size that both kinds of rows fit takes a multiple of 3 073 rows of one and 3 074 of the other. */
async function setByLabels(file: RangedFile): Promise<CifarSet> {
  const possible: CifarSet[] = [];
  for (const set of sets) {
    const batch = { set, count: file.size / cifarRow(set) };
    const isSane = await readCifarLabels(file, batch).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ItemFault) return false;
        throw error;
      },
    );
    if (isSane) possible.push(set);
  }
  const [told, another] = possible;
  if (told !== undefined && another === undefined) return told;
  throw new ItemFault(
    `may hold rows of CIFAR-10 or of CIFAR-100 by its size, and its labels are those of ${told === undefined ? 'neither' : 'both'}; ` +
      'call it test_batch.bin or test.bin, as the archives do',
  );
}

/** Rows that are read at once. */
const rowsAtOnce = 2000;

/** Labels of all rows. */
export interface CifarLabels {
  /** Of ten classes, or of a hundred. */
  readonly fine: Uint8Array;
  /** Of CIFAR-100's twenty superclasses; null for CIFAR-10. */
  readonly coarse: Uint8Array | null;
}

/** @throws ItemFault where a label is none of the set, or a class of CIFAR-100 has two superclasses */
export async function readCifarLabels(file: RangedFile, { set, count }: CifarBatch): Promise<CifarLabels> {
  const row = cifarRow(set);
  const fine = new Uint8Array(count);
  const coarse = set === 'CIFAR-100' ? new Uint8Array(count) : null;
  const superclasses = new Map<number, number>();
  for (let from = 0; from < count; from += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, count - from);
    const bytes = await file.read(from * row, rows * row);
    for (let i = 0; i < rows; i++) {
      const labels = cifarLabelsOf(bytes.subarray(i * row, (i + 1) * row), set, from + i);
      fine[from + i] = labels.fine;
      if (coarse === null) continue;
      coarse[from + i] = labels.coarse;
      const earlier = superclasses.get(labels.fine) ?? labels.coarse;
      if (earlier !== labels.coarse)
        throw new ItemFault(
          `row ${from + i} has class ${labels.fine} in superclass ${labels.coarse}, and an earlier one in ${earlier}: these are no rows of CIFAR-100`,
        );
      superclasses.set(labels.fine, earlier);
    }
  }
  return { fine, coarse };
}

/** The labels of one row; that of the superclass is the fine one where the set has none. @throws ItemFault */
export function cifarLabelsOf(
  row: Uint8Array,
  set: CifarSet,
  index: number,
): { readonly fine: number; readonly coarse: number } {
  const classes = cifarClasses[set];
  const labels = [...row.subarray(0, classes.length)];
  const wrong = labels.findIndex((label, i) => label >= (classes[i] ?? 0));
  if (wrong >= 0)
    throw new ItemFault(
      `row ${index} has label ${labels[wrong]}, but ${set} has ${classes[wrong]} ${classes.length > 1 && wrong === 0 ? 'superclasses' : 'classes'}: ` +
        `it is no file of ${set}'s binary version, or damaged`,
    );
  const [coarse = 0, fine = coarse] = labels;
  return { fine, coarse };
}
