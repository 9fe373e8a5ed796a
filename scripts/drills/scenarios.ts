import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { Experiment } from '../../pipeline/experiment/experiment.js';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { oneOfEachPass } from '../../stages/detectors/index.js';

/** Networks of 3 × 16 × 16 images. */
const golden = (name: string): string =>
  fileURLToPath(new URL(`../../../test/golden/${name}.onnx`, import.meta.url));

/** One way to begin a run: an experiment, and whether scores may be given up. */
export interface Start {
  readonly experiment: Experiment;
  readonly rescore?: boolean;
}

/** Starts over one run directory, all of which end well alone. */
export interface Scenario {
  readonly name: string;
  readonly starts: readonly Start[];
  /** What is run to its end in the directory beforehand. */
  readonly before?: Start;
}

/** Of each set of a scenario: as few as make several shards. */
const few = 6;

/**
 * Writes small sets, two networks of one shape, and stale copies of both, and gives every way in
 * which starts over one directory can disagree.
 */
export async function writeScenarios(folder: string): Promise<readonly Scenario[]> {
  for (const [seed, set] of ['clean', 'odd', 'late'].entries()) await writeSet(folder, set, seed, few);
  await copyFile(golden('statistic'), join(folder, 'net.onnx'));
  await copyFile(golden('tied'), join(folder, 'stale.onnx'));
  const odd = await readFile(join(folder, 'odd.csv'), 'utf8');
  // The same name for other rows.
  await writeFile(join(folder, 'stale.csv'), odd.replaceAll('odd/', 'late/'));
  await writeFile(join(folder, 'relabelled.csv'), odd.replace(/,\d$/m, ',4'));
  const made = (name: string, change: object = {}): Promise<Experiment> => write(folder, name, change);

  const base = await made('base');
  const staleModel = await made('stale-model', { models: [model('net', 'stale.onnx')] });
  const staleRows = await made('stale-rows', { outliers: [set('odd', 'stale.csv')] });
  const relabelled = await made('relabelled', { outliers: [set('odd', 'relabelled.csv')] });
  const twoModels = await made('two-models', {
    models: [model('net', 'net.onnx'), model('other', 'stale.onnx')],
  });
  const twoSets = await made('two-sets', { outliers: [set('odd', 'odd.csv'), set('late', 'late.csv')] });
  const hotter = await made('hotter', { grid: { epsilon: [0, 0.002], temperature: [1, 10, 100] } });
  const seeded = await made('seeded', { seed: 7 });
  const otherPixels = await made('other-pixels', { models: [model('net', 'net.onnx', 0.4)] });
  return [
    { name: 'the same experiment twice', starts: [{ experiment: base }, { experiment: base }] },
    { name: 'a stale model', starts: [{ experiment: base }, { experiment: staleModel }] },
    { name: 'a stale manifest', starts: [{ experiment: base }, { experiment: staleRows }] },
    { name: 'another seed', starts: [{ experiment: base }, { experiment: seeded }] },
    {
      name: 'one run that grows in two ways',
      before: { experiment: base },
      starts: [{ experiment: twoModels }, { experiment: twoSets }],
    },
    { name: 'a run that grows while it is begun', starts: [{ experiment: base }, { experiment: hotter }] },
    {
      name: 'scored anew by one, gone on with by another',
      before: { experiment: base },
      starts: [{ experiment: base }, { experiment: otherPixels, rescore: true }],
    },
    {
      name: 'two that score anew',
      before: { experiment: base },
      starts: [
        { experiment: staleModel, rescore: true },
        { experiment: relabelled, rescore: true },
      ],
    },
    {
      name: 'three with other files',
      starts: [{ experiment: base }, { experiment: staleModel }, { experiment: staleRows }],
    },
  ];
}

/** Writes an experiment of so many images a set, in many small shards. @returns its file */
export async function writeLong(folder: string, images: number): Promise<string> {
  for (const [seed, name] of ['clean', 'odd'].entries()) await writeSet(folder, name, seed, images);
  await copyFile(golden('statistic'), join(folder, 'net.onnx'));
  const sized = (name: string) => ({ ...set(name, `${name}.csv`), validation: Math.floor(images / 2) });
  await write(folder, 'long', { inDomain: sized('clean'), outliers: [sized('odd')] });
  return join(folder, 'long.json');
}

function model(name: string, file: string, mean = 0.5) {
  const preprocess = { resize: null, crop: null, mean: [mean, mean, mean], std: [0.25, 0.25, 0.25] };
  return { name, file, preprocess };
}

function set(name: string, manifest: string) {
  return { name, manifest, validation: few / 2 };
}

async function write(folder: string, name: string, change: object): Promise<Experiment> {
  const file = join(folder, `${name}.json`);
  const experiment = {
    name: 'drill',
    models: [model('net', 'net.onnx')],
    inDomain: set('clean', 'clean.csv'),
    outliers: [set('odd', 'odd.csv')],
    detectors: oneOfEachPass,
    grid: { epsilon: [0, 0.002], temperature: [1, 100] },
    resamplings: { deviation: 3, interval: 5 },
    batchSize: 2,
    shardSeconds: 0.001,
    ...change,
  };
  await writeFile(file, JSON.stringify(experiment));
  return readExperiment(file);
}

async function writeSet(folder: string, name: string, seed: number, images: number): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  const lines = ['path,label'];
  for (let image = 0; image < images; image += 1) {
    const path = `${name}/${image}.png`;
    const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, (_, index) => {
      return 128 + 90 * Math.sin((index * (image + 2 + 7 * seed)) / 30) + ((index * 37 + image) % 29);
    });
    await sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } })
      .png()
      .toFile(join(folder, path));
    lines.push(`${path},${image % 5}`);
  }
  await writeFile(join(folder, `${name}.csv`), `${lines.join('\n')}\n`);
}
