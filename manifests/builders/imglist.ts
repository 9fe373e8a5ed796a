import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { isImageName } from '../image-formats.js';
import { shortened } from '../input/printable.js';
import { show } from '../input/show.js';
import { readText } from '../input/text-file.js';
import { largestLabel } from '../manifest-columns.js';
import type { ManifestEntry } from '../write-manifest.js';
import { baseOf, baseOption } from './base.js';
import { noLabelsOption } from './class-labels.js';
import {
  type BuilderValues,
  type BuiltManifest,
  type ManifestBuilder,
  textOption,
} from './manifest-builder.js';

/** The lists that OpenOOD keeps its benchmarks in: one `path label` a line, label −1 where it is unknown. */
export const imglistBuilder: ManifestBuilder = {
  name: 'imglist',
  summary: 'a manifest of an OpenOOD image list (one "path label" a line)',
  source: { name: 'LIST', doc: 'the list; label -1 means that the class is unknown' },
  options: [
    { flags: '--root <dir>', doc: "the folder that the list's paths start from", required: true },
    noLabelsOption,
    baseOption,
  ],
  notes: `With --no-labels lines may be paths alone.

Examples:
  $ grodin manifest imglist benchmark_imglist/imagenet/test_imagenet.txt --root images_largescale -o test.csv
  $ grodin manifest imglist outliers.txt --root . --no-labels -o outliers.csv`,
  build: buildImglist,
};

/** No path is so long. */
const longestLine = 100_000;

async function buildImglist(list: string, options: BuilderValues): Promise<BuiltManifest> {
  const root = textOption(options, 'root');
  if (root === undefined)
    throw new InputError(`${setting('root')}: missing; say where the list's paths start`);
  const base = textOption(options, 'base');
  const lines = (await readText(list, 'image list')).split(/\r\n|\n|\r/);
  const entries: ManifestEntry[] = [];
  const firstLine = new Map<string, number>();
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const where = `${list}:${i + 1}`;
    const { path, label } = parseLine(where, line, options.labels === false);
    const file = resolve(root, path);
    const earlier = firstLine.get(file);
    if (earlier !== undefined) {
      throw new InputError(`${where}: ${show(path)} already stands on line ${earlier}; drop one of them`);
    }
    firstLine.set(file, i + 1);
    requireBelow(where, path, root, file);
    entries.push({ path: file, label, ...baseOf(path, base) });
  }
  if (entries.length === 0)
    throw new InputError(`${list}: lists no images; expected one "path label" a line`);
  await requireFiles(list, firstLine);
  return { entries, leftOut: { others: 0, hidden: 0, deadLinks: [], notUtf8: [] } };
}

/** @param unlabelled that the line may be a path alone, and that its label is not wanted */
function parseLine(
  where: string,
  line: string,
  unlabelled: boolean,
): { readonly path: string; readonly label: number | null } {
  if (line.length > longestLine) {
    throw new InputError(
      `${where}: this line is longer than ${longestLine} characters; expected "path label"`,
    );
  }
  const trimmed = line.trimEnd();
  // What follows the last white space; a path may hold some itself.
  const digits = /\S*$/.exec(trimmed.slice(-12))?.[0] ?? '';
  const before = trimmed.slice(0, trimmed.length - digits.length).trimEnd();
  const isPair = before !== '' && before.length + digits.length < trimmed.length && /^-?\d+$/.test(digits);
  // Of a path alone that ends in a number, what stands before that is no name of an image.
  const isAlone = unlabelled && !(isPair && isImageName(before));
  if (!isPair && !isAlone) {
    throw new InputError(
      `${where}: ${show(line)} is not a "path label" pair; expected a path, a space, an integer, or with ${setting('noLabels')} a path alone`,
    );
  }
  const path = isAlone ? trimmed : before;
  if (path.includes('\0')) {
    throw new InputError(
      `${where}: ${show(path)} holds a NUL character, which no path can; save the list as UTF-8`,
    );
  }
  if (unlabelled) return { path, label: null };
  const label = Number(digits);
  if (label >= 0 && label <= largestLabel) return { path, label };
  if (label === -1) return { path, label: null };
  throw new InputError(
    `${where}: label ${label} is not a class index; expected an integer from 0, or -1 if unknown`,
  );
}

/** A list speaks of what lies below its root: what leads elsewhere is a mistake, or somebody's trick. */
function requireBelow(where: string, path: string, root: string, file: string): void {
  const below = relative(resolve(root), file);
  if (below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)) return;
  throw new InputError(
    `${where}: ${show(path)} leads out of ${root}, the folder of ${setting('root')}; name the folder that all images lie in`,
  );
}

/** Files that are looked at side by side: each is a question to a file system that may be far away. */
const sideBySide = 64;

/** With so many that are missing, as where the root is another, the others are not looked for. */
const enoughMissing = 1000;
/** The lines of so many are named. */
const namedMissing = 10;

/** @param lines the line of each file, in their order */
async function requireFiles(list: string, lines: ReadonlyMap<string, number>): Promise<void> {
  const missing: (readonly [file: string, line: number])[] = [];
  const left = lines.entries();
  const look = async (): Promise<void> => {
    for (const [file, line] of left) {
      if (missing.length >= enoughMissing) return;
      const found = await stat(file).catch(() => null);
      if (!found?.isFile()) missing.push([file, line]);
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, look));
  // They began in order, so that the first of all is among those that are known.
  const [first, ...others] = missing.sort(([, a], [, b]) => a - b);
  if (first === undefined) return;
  const named = others.slice(0, namedMissing).map(([, line]) => line);
  const more = others.length > named.length || missing.length >= enoughMissing ? ' and more' : '';
  const lineOrLines = `line${others.length === 1 && more === '' ? '' : 's'}`;
  const also = others.length === 0 ? '' : `, nor at those of ${lineOrLines} ${named.join(', ')}${more}`;
  throw new InputError(
    `${list}:${first[1]}: no image at ${shortened(first[0], 300)}${also}; check ${setting('root')}, or drop the line${others.length === 0 ? '' : 's'}`,
  );
}
