import { mkdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { decodeModel } from '../../../stages/onnx/decode.js';
import { encodeModel } from '../../../stages/onnx/encode.js';
import type { SeededRandom } from '../seeded-random.js';

/** A network of 3 × 16 × 16 images, and what was changed in its file. */
export interface WorldModel {
  name: string;
  file: string;
  network: 'statistic' | 'tied';
  /** Counts changes of its weights. */
  weights: number;
  /** Counts changes of what the file tells of itself. */
  metadata: number;
  mean: number;
  parameters?: string[];
  detectors?: string[];
}

/** A line of a manifest. */
export interface WorldRow {
  image: number;
  label: number | null;
  id: string | null;
  base: string | null;
}

export interface WorldSet {
  name: string;
  /** Its first name. */
  origin: string;
  manifest: string;
  rows: WorldRow[];
  validation?: number;
  test?: number;
  selectOn?: string;
  corrupt?: string;
  corruption?: string;
  severity?: number;
  ownClasses?: true;
  preprocess?: object;
}

export interface WorldImage {
  /** Counts changes of its content. */
  content: number;
  /** Seconds that are added to its time. */
  touched: number;
  isBroken: boolean;
}

/** Everything that an experiment is made of, so that its files can be written anew from it. */
export interface World {
  /** The folder of all files; moved where it changes. */
  place: string;
  /** The run directory; moved where it changes. */
  out: string;
  models: WorldModel[];
  inDomain: WorldSet;
  outliers: WorldSet[];
  validationSets: WorldSet[];
  covariateShifted: WorldSet[];
  groups: { name: string; sets: string[] }[];
  ensembles: { name: string; models: string[] }[];
  images: WorldImage[];
  /** Keys of the experiment that stand for themselves. */
  keys: {
    detectors: string[];
    grid: { epsilon: number[]; temperature: number[] };
    seed: number;
    batchSize: number;
    resamplings: { deviation: number; interval: number };
    shardSeconds: number;
    alpha?: number;
    logits?: boolean | 'summaries';
    layerNorms?: boolean;
    perturbation?: { space: 'pixel' | 'normalized' };
    maxBadFraction: number;
  };
  /** Counts names, so that each is new. */
  names: number;
}

/** Images that sets can be made of. */
const images = 40;
export const classes = 5;
const beganAt = 1_700_000_000;

/** All sets of a world. */
export function setsIn({ inDomain, outliers, validationSets, covariateShifted }: World): WorldSet[] {
  return [inDomain, ...outliers, ...validationSets, ...covariateShifted];
}

export function newName(world: World, prefix: string): string {
  world.names += 1;
  return `${prefix}${world.names}`;
}

/** Rows of images in a row from one on, as a manifest of paths and labels has them. */
export function rowsFrom(first: number, count: number): WorldRow[] {
  return Array.from({ length: count }, (_, index) => {
    const image = (first + index) % images;
    return { image, label: image % classes, id: null, base: null };
  });
}

export function newSet(name: string, rows: WorldRow[]): WorldSet {
  return { name, origin: name, manifest: `${name}.csv`, rows };
}

/** What an experiment begins as. */
export function beginning(random: SeededRandom): World {
  const set = (name: string, first: number, count: number): WorldSet => ({
    ...newSet(name, rowsFrom(first, count)),
    validation: 2,
  });
  const detectors = random.pick([
    ['MSP', 'SG'],
    ['ODIN', 'G'],
    ['MSP', 'ML', 'SG'],
    ['Energy', 'SG'],
    ['S', 'TempScale'],
  ]);
  return {
    place: 'place',
    out: 'run',
    models: [{ name: 'net', file: 'net.onnx', network: 'statistic', weights: 0, metadata: 0, mean: 0.5 }],
    inDomain: set('clean', 0, 5 + random.below(3)),
    outliers: [set('odd', 10, 4 + random.below(3))],
    validationSets: [],
    covariateShifted: [],
    groups: [],
    ensembles: [],
    images: Array.from({ length: images }, () => ({ content: 0, touched: 0, isBroken: false })),
    keys: {
      detectors: [...detectors],
      grid: { epsilon: [0, 0.002], temperature: [1, 10] },
      seed: 0,
      batchSize: 1,
      resamplings: { deviation: 2, interval: 3 },
      shardSeconds: random.pick([1e-7, 1e-5, 1]),
      maxBadFraction: 0.9,
    },
    names: 0,
  };
}

/** Writes the files of worlds into a folder, those that have changed. */
export class WorldFiles {
  readonly #folder: string;
  readonly #written = new Map<string, string>();
  #place: string | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns the file of the experiment */
  async write(world: World): Promise<string> {
    const place = join(this.#folder, world.place);
    if (this.#place === null) await mkdir(join(place, 'images'), { recursive: true });
    else if (this.#place !== place) await rename(this.#place, place);
    this.#place = place;
    const used = new Set(setsIn(world).flatMap(({ rows }) => rows.map(({ image }) => image)));
    for (const image of used) await this.#writeImage(place, image, world.images[image]);
    for (const { file, network, weights, metadata } of world.models)
      await this.#writeOnce(place, file, [network, weights, metadata], () =>
        changedNetwork(network, weights, metadata),
      );
    for (const { manifest, rows } of setsIn(world))
      await this.#writeOnce(place, manifest, rows, async () => manifestText(rows));
    const file = 'experiment.json';
    const experiment = experimentOf(world);
    await this.#writeOnce(place, file, experiment, async () => JSON.stringify(experiment, null, 1));
    return join(place, file);
  }

  async #writeImage(place: string, image: number, state: WorldImage | undefined): Promise<void> {
    if (state === undefined) return;
    const { content, touched, isBroken } = state;
    const name = imagePath(image);
    const bytes = () =>
      isBroken ? Promise.resolve(Buffer.from(`broken ${content}`)) : picture(image, content);
    const isNew = await this.#writeOnce(place, name, { content, isBroken, touched }, bytes);
    const time = beganAt + content * 10 + touched + (isBroken ? 5 : 0);
    if (isNew) await utimes(join(place, name), time, time);
  }

  /** @returns whether it was written */
  async #writeOnce(
    place: string,
    name: string,
    state: unknown,
    content: () => Promise<string | Uint8Array>,
  ): Promise<boolean> {
    const text = JSON.stringify(state);
    if (this.#written.get(name) === text) return false;
    await writeFile(join(place, name), await content());
    this.#written.set(name, text);
    return true;
  }
}

export const imagePath = (image: number): string => `images/${image}.png`;

/** Without compression, so that all have one size. */
async function picture(image: number, content: number): Promise<Uint8Array> {
  const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, index) => {
    const wave = 90 * Math.sin((index * (image + 2)) / 30 + content);
    return 128 + wave + ((index * 37 + image + 11 * content) % 29);
  });
  return sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

async function changedNetwork(network: string, weights: number, metadata: number): Promise<Uint8Array> {
  const file = fileURLToPath(new URL(`../../../../test/golden/${network}.onnx`, import.meta.url));
  const model = decodeModel(await readFile(file));
  for (const { data } of model.graph.initializers.values())
    if (data instanceof Float32Array)
      for (const [index, value] of data.entries()) data[index] = value * (1 + weights / 16);
  const told = new Map(model.metadata);
  if (metadata > 0) told.set('changed', `${metadata}`);
  return encodeModel({ ...model, metadata: told });
}

function manifestText(rows: readonly WorldRow[]): string {
  const has = (key: keyof WorldRow) => rows.some((row) => row[key] !== null);
  const keys = (['label', 'id', 'base'] as const).filter(has);
  const lines = rows.map((row) => {
    // A manifest tells all ids or none.
    const named = { ...row, id: row.id ?? imagePath(row.image) };
    return [imagePath(row.image), ...keys.map((key) => named[key] ?? '')].join(',');
  });
  return `${[['path', ...keys].join(','), ...lines].join('\n')}\n`;
}

function experimentOf({ models, images: _, place: __, out: ___, names: ____, keys, ...sets }: World): object {
  const listed = ({ rows: _, origin: __, ...set }: WorldSet) => set;
  const { inDomain, outliers, validationSets, covariateShifted, groups, ensembles } = sets;
  return {
    name: 'edited',
    models: models.map(({ network: _, weights: __, metadata: ___, mean, ...model }) => ({
      ...model,
      preprocess: { resize: 16, crop: 16, mean: [mean, mean, mean], std: [0.25, 0.25, 0.25] },
    })),
    inDomain: listed(inDomain),
    outliers: outliers.map(listed),
    ...(validationSets.length === 0 ? {} : { validationSets: validationSets.map(listed) }),
    ...(covariateShifted.length === 0 ? {} : { covariateShifted: covariateShifted.map(listed) }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(ensembles.length === 0 ? {} : { ensembles }),
    ...keys,
  };
}
