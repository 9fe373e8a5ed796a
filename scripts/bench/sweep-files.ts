import { link, mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { usualCorruptions } from '../../manifests/corruptions.js';
import { severities } from '../../manifests/imagenet/corruptions.js';
import { imagenetWnids } from '../../manifests/imagenet/wnids.js';
import { writeJpegs } from './jpegs.js';

/** A sweep over corrupted sets: how large it is. */
export interface SweepSize {
  /** Outlier sets, beside one in-domain set. */
  readonly sets: number;
  /** Images of each. */
  readonly rows: number;
  /** ONNX classifier of 24×24 images and 10 classes. */
  readonly model: string;
}

const classes = 10;
const imageSize = { width: 24, height: 24 };
const clean = 'clean';

/**
 * Makes an experiment of the form of ImageNet-C's: a manifest a set, each of other files of the same photographs. All files are
 * one image, under names in one tree that every set leads to. What is there whole is kept.
 * @returns the path of the experiment
 */
export async function sweepFiles(folder: string, { sets, rows, model }: SweepSize): Promise<string> {
  const place = join(resolve(folder), `${sets}x${rows}`);
  const experiment = join(place, 'experiment.json');
  if ((await stat(experiment).catch(() => null)) !== null) return experiment;
  console.error(`making ${place}`);
  await rm(place, { recursive: true, force: true });
  const unfinished = `${place}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const tree = join(unfinished, 'tree');
  const photographs = photographsOf(rows, await imagenetWnids());
  await writeTree(tree, photographs);
  await mkdir(join(unfinished, 'sets'));
  const names = [clean, ...cells().slice(0, sets)];
  for (const name of names) {
    const images = join(unfinished, 'images', name);
    await mkdir(dirname(images), { recursive: true });
    await symlink(join(place, 'tree'), images);
    await writeFile(join(unfinished, manifestOf(name)), manifest(name, photographs));
  }
  const outliers = names.slice(1).map((name) => ({
    name: name.replace('/', '-'),
    manifest: manifestOf(name),
    validation: 600,
  }));
  await writeFile(
    join(unfinished, 'experiment.json'),
    JSON.stringify({
      models: [{ name: 'network', file: resolve(model), preprocess: { resize: null, crop: null, ...scale } }],
      inDomain: { name: clean, manifest: manifestOf(clean), validation: 3000 },
      outliers,
      grid: { epsilon: [0, 0.001], temperature: [1, 100] },
    }),
  );
  await rename(unfinished, place);
  return experiment;
}

const scale = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

/** Where a set's manifest lies in the folder. */
const manifestOf = (name: string): string => `sets/${name.replace('/', '-')}.csv`;

/** A folder a corruption, of five severities each. */
function cells(): readonly string[] {
  return usualCorruptions.flatMap((corruption) => severities.map((severity) => `${corruption}/${severity}`));
}

/** One photograph, of which every set has a version. */
interface Photograph {
  readonly folder: string;
  readonly name: string;
  readonly label: number;
}

/** As ImageNet's validation images: a folder a class, fifty images each. */
function photographsOf(rows: number, folders: readonly string[]): readonly Photograph[] {
  const perClass = Math.ceil(rows / folders.length);
  return Array.from({ length: rows }, (_, row) => {
    const index = Math.floor(row / perClass);
    const name = `ILSVRC2012_val_${String(row + 1).padStart(8, '0')}`;
    return { folder: folders[index] ?? 'other', name, label: index % classes };
  });
}

async function writeTree(tree: string, photographs: readonly Photograph[]): Promise<void> {
  await mkdir(tree, { recursive: true });
  const [image] = await writeJpegs(tree, 1, imageSize);
  if (image === undefined) throw new RangeError('no image was written');
  for (const folder of new Set(photographs.map((one) => one.folder))) await mkdir(join(tree, folder));
  for (const { folder, name } of photographs) await link(image, join(tree, folder, `${name}.JPEG`));
}

function manifest(set: string, photographs: readonly Photograph[]): string {
  const lines = photographs.map(
    ({ folder, name, label }) => `../images/${set}/${folder}/${name}.JPEG,${label},${name}\n`,
  );
  return `path,label,base\n${lines.join('')}`;
}
