import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { encodeModel } from '../../stages/onnx/encode.js';
import { networks, resNet, seededWeights } from '../../workers/bench/networks/index.js';

/** How much there is to do in the workspace. */
export interface WorkspaceSize {
  /** Images of each of the three sets. */
  readonly images: number;
  /** Whether `large.onnx`, a network of 36 million parameters, is made too. */
  readonly large: boolean;
}

/**
 * Fills a folder with what every command can be tried on: `net.onnx`, three sets and lists of them, `experiment.json`, and
 * `tmp` for what is temporary.
 */
export async function fillWorkspace(folder: string, { images, large }: WorkspaceSize): Promise<void> {
  await mkdir(join(folder, 'tmp'), { recursive: true });
  const small = { bottleneck: false, depths: [1, 1], width: 16, classes: 10, side: 32 };
  await writeFile(join(folder, 'net.onnx'), encodeModel(resNet(seededWeights(1), small)));
  if (large) {
    const network = networks['wrn28-10'];
    if (network === undefined) throw new Error('there is no wrn28-10');
    await writeFile(join(folder, 'large.onnx'), encodeModel(network(seededWeights(1))));
  }
  for (const [at, set] of ['clean', 'noisy', 'dark'].entries()) await writeSet(folder, set, images, at);
  const entry = (name: string) => ({
    name,
    manifest: `${name}.csv`,
    validation: Math.floor(images / 2),
  });
  const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  await writeFile(join(folder, 'preprocess.json'), JSON.stringify(preprocess));
  await writeFile(
    join(folder, 'experiment.json'),
    JSON.stringify({
      models: [{ name: 'net', file: 'net.onnx', preprocess }],
      inDomain: entry('clean'),
      outliers: [entry('noisy'), entry('dark')],
      grid: { epsilon: [0, 0.002], temperature: [1, 100] },
      resamplings: { deviation: 50, interval: 200 },
      batchSize: 4,
      shardSeconds: 0.01,
    }),
  );
}

async function writeSet(folder: string, set: string, images: number, seed: number): Promise<void> {
  const rows = ['path,label'];
  const list: string[] = [];
  for (let image = 0; image < images; image += 1) {
    const path = `${set}/${image % 10}/${image}.png`;
    await mkdir(join(folder, set, String(image % 10)), { recursive: true });
    const pixels = Uint8Array.from(
      { length: 32 * 32 * 3 },
      (_, at) => 127 + 120 * Math.sin(at * 0.05 * (seed + 1) + image),
    );
    await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toFile(join(folder, path));
    rows.push(`${path},${image % 10}`);
    list.push(path);
  }
  await writeFile(join(folder, `${set}.csv`), `${rows.join('\n')}\n`);
  await writeFile(join(folder, `${set}.txt`), list.map((path, at) => `${path} ${at % 10}\n`).join(''));
  await writeFile(join(folder, `${set}-paths.txt`), `${list.join('\n')}\n`);
}
