import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import sharp from 'sharp';
import { temporaryFolder } from '../temporary-folder.js';

const network = fileURLToPath(new URL('../../../test/golden/residual.onnx', import.meta.url));

/** What a small experiment may say differently. */
export interface SmallExperiment {
  readonly images?: number;
  readonly temperature?: readonly number[];
  readonly epsilon?: readonly number[];
  readonly outliers?: readonly string[];
  /** Outlier sets as an experiment has them, instead of `outliers`. */
  readonly outlierSets?: readonly object[];
  readonly [key: string]: unknown;
}

/** A folder with images, manifests, a network and `experiment.json`: two outlier sets, many small shards. */
export async function smallExperiment(t: ExecutionContext, change: SmallExperiment = {}): Promise<string> {
  const folder = await temporaryFolder(t);
  await fill(folder, change);
  return folder;
}

/** The same for all tests of a file, which remove it when they have ended. */
export async function sharedExperiment(change: SmallExperiment = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'grodin-'));
  await fill(folder, change);
  return folder;
}

async function fill(folder: string, change: SmallExperiment): Promise<void> {
  await copyFile(network, join(folder, 'net.onnx'));
  for (const [seed, set] of ['clean', 'noisy', 'dark', 'late'].entries()) {
    await writeSet(folder, set, change.images ?? 30, seed);
  }
  await writeExperiment(folder, change);
}

/** (Re)writes the experiment file. */
export async function writeExperiment(
  folder: string,
  change: SmallExperiment = {},
  file = 'experiment.json',
): Promise<void> {
  const { images, temperature, epsilon, outliers, outlierSets, ...rest } = change;
  const set = (name: string) => ({
    name,
    manifest: `${name}.csv`,
    validation: Math.floor((images ?? 30) / 2),
  });
  const experiment = {
    models: [
      {
        name: 'net',
        file: 'net.onnx',
        preprocess: { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
      },
    ],
    inDomain: set('clean'),
    outliers: outlierSets ?? (outliers ?? ['noisy', 'dark']).map(set),
    grid: { epsilon: epsilon ?? [0, 0.002], temperature: temperature ?? [1, 100] },
    resamplings: { deviation: 10, interval: 20 },
    batchSize: 4,
    shardSeconds: 0.01,
    ...rest,
  };
  await writeFile(join(folder, file), JSON.stringify({ name: 'small', ...experiment }));
}

async function writeSet(folder: string, set: string, images: number, seed: number): Promise<void> {
  await mkdir(join(folder, set), { recursive: true });
  const lines = ['path,label'];
  for (let image = 0; image < images; image += 1) {
    const path = `${set}/${image}.png`;
    await writeFile(join(folder, path), await picture(seed * 1000 + image));
    lines.push(`${path},${image % 10}`);
  }
  await writeFile(join(folder, `${set}.csv`), `${lines.join('\n')}\n`);
}

/** 24 × 24 pixels of smooth colour with some noise. */
async function picture(seed: number): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: 24 * 24 * 3 }, (_, index) => {
    const wave = Math.sin((index * (seed % 17)) / 100 + seed) * 90;
    const noise = (Math.imul(index + 1, seed * 2654435761 + 40503) >>> 24) / 4;
    return 96 + wave + noise;
  });
  return sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
    .png()
    .toBuffer();
}
