import { InputError } from '../../stages/errors.js';
import { listed } from '../../stages/shown.js';
import { corruptionKinds } from '../corruptions.js';
import { severities } from '../imagenet/corruptions.js';
import { imagenetClasses } from '../imagenet/wnids.js';
import { baseOf } from './base.js';
import type { BuiltCellsOfSeveral, ManifestCell, SeveralSourcesCellsBuilder } from './cells-builder.js';
import { classesOption, classLabels } from './class-labels.js';
import { corruptedCells, type SourceCells } from './corrupted-cells.js';
import { requireDistinct } from './distinct-sources.js';
import { byBytes } from './image-order.js';
import { leftOutOfAll } from './left-out.js';
import { type BuilderValues, textOption } from './manifest-builder.js';
import { otherCorruptions } from './other-corruptions.js';

/** ImageNet-C as it is downloaded: five tars, or the folders that they unpack to. */
export const imagenetCBuilder: SeveralSourcesCellsBuilder = {
  name: 'imagenet-c',
  summary: 'manifests of ImageNet-C, one for each corruption and severity',
  source: {
    name: 'SOURCE',
    doc: 'the folder of CORRUPTION/SEVERITY/CLASS/image, or the tars: blur.tar digital.tar extra.tar noise.tar weather.tar',
  },
  options: [
    {
      ...classesOption,
      doc: 'WordNet names in the order of the outputs, one a line (default: the 1 000, sorted)',
    },
  ],
  notes: `Tars are read in place. The base of an image is its file's name without the extension, as "grodin manifest imagenet-val" has
it for the photographs, so that none is both tuned and tested on. Images have 224 pixels: preprocess them without a resize.

Examples:
  $ grodin manifest imagenet-c blur.tar digital.tar extra.tar noise.tar weather.tar -o imagenet-c
  $ grodin manifest imagenet-c imagenet-c-folder -o imagenet-c`,
  buildFrom: buildImagenetC,
};

/** Rows of each corruption to tune on. */
const validation = 600;

async function buildImagenetC(
  sources: readonly string[],
  options: BuilderValues,
): Promise<BuiltCellsOfSeveral> {
  await requireDistinct(sources);
  const found: SourceCells[] = [];
  const notes: string[] = [];
  const origin = new Map<string, string>();
  for (const source of sources) {
    const cells = await corruptedCells(source);
    const misnamed = misnamedText(cells.misnamed);
    if (cells.counts.size === 0 && misnamed !== null) throw new InputError(`${source}: ${misnamed}`);
    if (cells.counts.size === 0)
      throw new InputError(
        `${source}: holds no CORRUPTION/SEVERITY/CLASS/image (glass_blur/5/n01440764/…), severities 1 to 5; give the folder or the tars of ImageNet-C`,
      );
    notes.push(
      ...otherCorruptions(source, corruptionsOf(cells.counts.keys())),
      ...unplacedNotes(source, cells.unplaced),
      ...(misnamed === null ? [] : [`${source}: ${misnamed}`]),
    );
    for (const name of cells.counts.keys()) {
      const earlier = origin.get(name);
      if (earlier !== undefined)
        throw new InputError(`${source}: holds ${name}, as ${earlier} does; give one of them`);
      origin.set(name, source);
    }
    found.push(cells);
  }
  const classes = textOption(options, 'classes') ?? imagenetClasses;
  return {
    cells: manifestCells(found, classes),
    validation,
    // The images are stored as they were cropped.
    preprocess: { resize: null },
    missing: missingIn(new Map(found.flatMap(({ counts }) => [...counts]))),
    notes,
    leftOut: leftOutOfAll(found.map(({ leftOut }) => leftOut)),
    storedFor: 'imagenet-c',
  };
}

async function* manifestCells(found: readonly SourceCells[], classes: string): AsyncIterable<ManifestCell> {
  for (const { cells } of found)
    for await (const { name, corruption, severity, root, images } of cells()) {
      const paths = images.map(({ path }) => path);
      const none = async () => ({ folders: [], deadLinks: [], notUtf8: [] });
      const labelOf = await classLabels(root, paths, none, { classes });
      const entries = images.map(({ path, location, id }) => ({
        path: location,
        label: labelOf(path),
        id,
        ...baseOf(path, 'name'),
      }));
      yield { name, corruption, severity, entries };
    }
}

const corruptionsOf = (cells: Iterable<string>): readonly string[] =>
  [...cells].map((cell) => cell.slice(0, cell.lastIndexOf('-')));

/** Folders that are named before the rest is counted. */
const named = 5;

/** Images that lie where no cell is. */
function unplacedNotes(source: string, unplaced: ReadonlyMap<string, number>): readonly string[] {
  if (unplaced.size === 0) return [];
  return [
    `${source}: ${totalOf(unplaced)} images are in no set, as they do not lie in CORRUPTION/SEVERITY/CLASS with a severity from 1 to 5: ${foldersText(unplaced)}; ` +
      'rename their folders, or list each unpacked with "grodin manifest folder --base name"',
  ];
}

/** Images of corruptions whose names no set can have; null where there are none. */
function misnamedText(misnamed: ReadonlyMap<string, number>): string | null {
  if (misnamed.size === 0) return null;
  return (
    `${totalOf(misnamed)} images are in no set, as sets and their files can not be called as their corruptions are: ${foldersText(misnamed)}; ` +
    'rename the corruption to letters, digits, "_", "-", "." and "+" alone, the first a letter or a digit, or list each folder unpacked with "grodin manifest folder --base name"'
  );
}

const totalOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Folders with their images, the first few by name. */
function foldersText(counts: ReadonlyMap<string, number>): string {
  const folders = [...counts].sort(([a], [b]) => byBytes(a, b));
  const most = folders.slice(0, named).map(([folder, count]) => `${folder || '.'} (${count})`);
  const rest = folders.length > named ? ` and ${folders.length - named} more folders` : '';
  return `${most.join(', ')}${rest}`;
}

/** Cells that are not there, whole corruptions and families as one, and those with fewer images than others have. */
function missingIn(counts: ReadonlyMap<string, number>): readonly string[] {
  const missing: string[] = [];
  for (const [family, corruptions] of Object.entries(corruptionKinds)) {
    const isThere = (corruption: string) =>
      severities.some((severity) => counts.has(`${corruption}-${severity}`));
    if (!corruptions.some(isThere)) missing.push(`${family} (${corruptions.join(', ')})`);
    else
      for (const corruption of corruptions)
        if (!isThere(corruption)) missing.push(corruption);
        else
          for (const severity of severities)
            if (!counts.has(`${corruption}-${severity}`)) missing.push(`${corruption}-${severity}`);
  }
  const most = Math.max(...counts.values());
  const short = [...counts].filter(([, count]) => count < most).sort(([a], [b]) => byBytes(a, b));
  if (short.length > 0)
    missing.push(`some images of ${listed(short.map(([name, count]) => `${name} (${count} of ${most})`))}`);
  return missing;
}
