import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { sweepFiles } from '../bench/sweep-files.js';

/** How large a run is. */
export interface LargeRun {
  readonly models: number;
  /** Outlier sets, beside the in-domain set. */
  readonly sets: number;
  /** Images of each. */
  readonly rows: number;
}

/** The experiments of a large run, as files. */
export interface LargeExperiments {
  /** Folder that everything of this size lies in. */
  readonly place: string;
  readonly experiment: string;
  /** The same with one outlier set more, or one model more. */
  readonly withSet: string;
  readonly withModel: string;
  /** Folder of the manifests, one of which is of the set that comes later. */
  readonly manifests: string;
}

/** A classifier of 24×24 images and 10 classes. */
const network = fileURLToPath(new URL('../../../test/golden/residual.onnx', import.meta.url));

const grid = { epsilon: [0, 0.001], temperature: [1, 100] };

/** Rows that are drawn for validation, where a set has so many. */
const drawn = { inDomain: 3000, outlier: 600 };

/**
 * Nominal work in a shard: shards of this small network then have as many images as those of ResNet-50 have by default, which are 60 s.
 */
const shardSeconds = 0.2;

/** As experiments are written. */
interface WrittenExperiment {
  readonly models: readonly { readonly name: string; readonly file: string; readonly preprocess: unknown }[];
  readonly inDomain: WrittenSet;
  readonly outliers: readonly WrittenSet[];
}

interface WrittenSet {
  readonly name: string;
  readonly manifest: string;
}

/** Makes manifests, models and experiments in a folder, of whatever is not there. */
export async function largeExperiments(folder: string, size: LargeRun): Promise<LargeExperiments> {
  const { models, sets, rows } = size;
  const sweep = await sweepFiles(folder, { sets: sets + 1, rows, model: network });
  const place = join(resolve(folder), `run-${models}x${sets}x${rows}`);
  await mkdir(place, { recursive: true });
  const files = await modelFiles(join(resolve(folder), 'models'), models + 1);
  const base: WrittenExperiment = JSON.parse(await readFile(sweep, 'utf8'));
  const placed = ({ name, manifest }: WrittenSet, validation: number) => ({
    name,
    manifest: relative(place, join(dirname(sweep), manifest)),
    validation: Math.min(validation, Math.ceil((validation * rows) / 50_000)),
  });
  const experimentOf = (some: { models: number; sets: number }): string =>
    JSON.stringify({
      name: 'large-run',
      models: files.slice(0, some.models).map((file, nth) => ({
        name: `network-${nth + 1}`,
        file: relative(place, file),
        preprocess: base.models[0]?.preprocess,
      })),
      inDomain: placed(base.inDomain, drawn.inDomain),
      outliers: base.outliers.slice(0, some.sets).map((set) => placed(set, drawn.outlier)),
      detectors: ['MSP', 'G'],
      logits: false,
      ...{ grid, batchSize: 32, shardSeconds },
      // What the bootstrap takes follows from their number, and is measured by itself.
      resamplings: { deviation: 10, interval: 20 },
    });
  const write = async (name: string, some: { models: number; sets: number }): Promise<string> => {
    const file = join(place, `${name}.json`);
    await writeFile(file, experimentOf(some));
    return file;
  };
  return {
    place,
    experiment: await write('experiment', { models, sets }),
    withSet: await write('with-set', { models, sets: sets + 1 }),
    withModel: await write('with-model', { models: models + 1, sets }),
    manifests: join(dirname(sweep), 'sets'),
  };
}

/** Networks that differ in what their files say of themselves, so that each is a model of its own. */
async function modelFiles(folder: string, count: number): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const model = decodeModel(await readFile(network));
  const files = Array.from({ length: count }, (_, nth) => join(folder, `network-${nth + 1}.onnx`));
  for (const [nth, file] of files.entries()) {
    const metadata = new Map([...model.metadata, ['large_run', String(nth + 1)]]);
    await writeFile(file, encodeModel({ ...model, metadata }));
  }
  return files;
}
