import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { GrodinError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { frostTextureFiles } from '../imagenet/corruptions.js';
import { removeStaleTemporaries } from '../output/atomic-file.js';
import { makeFolder } from '../output/make-folder.js';
import { assetFile } from './assets.js';
import { readCandidates } from './candidates.js';
import { imageSide } from './canvas.js';
import { isIntact, partialFolder, readContents, sha256, writeContents, writeWhole } from './contents.js';
import { drawFrost } from './frost.js';
import type { ByteImage } from './image.js';
import { microBenchmarkSeed } from './photograph-splits.js';
import { type PlannedImage, planImages, setNames } from './sets.js';

/** Raise it when the same seed gives other pixels than before: directories written earlier are then redone. */
const generatorVersion = 1;
/** Where the textures of frost are, as `sweep.json` names it. */
const frostFolder = 'frost';
/** Files in flight at once. */
const width = 64;

export interface MicroBenchmarkOptions {
  /** Called after each group of files that was checked or written. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface MicroBenchmark {
  /** Path of the experiment file. */
  readonly experiment: string;
  /** Path of the experiment over all corruptions of the in-domain images. */
  readonly sweep: string;
  /** Image files in the directory. */
  readonly images: number;
  /** Files that had to be written: 0 when the directory was complete. */
  readonly written: number;
}

/** A file of the directory before its bytes are made. */
interface PlannedFile {
  readonly path: string;
  bytes(): Promise<Uint8Array | string>;
}

/**
 * Writes the benchmark: images as `SET/CLASS/INDEX.png`, the manifests `SET.csv`, the models, `experiment.json`,
 * `sweep.json` and the textures of `frost` that it names. May be called again at any time: it writes only what is missing or damaged, and a call that
 * was killed is finished by the next one.
 * @throws GrodinError when the directory can't be made
 */
export async function writeMicroBenchmark(
  directory: string,
  options: MicroBenchmarkOptions = {},
): Promise<MicroBenchmark> {
  const images = planImages(await readCandidates());
  const assets = await readAssets();
  const files: readonly PlannedFile[] = [
    ...images.map((image) => ({ path: imagePath(image), bytes: () => encode(image.draw()) })),
    ...setNames.map((set) => ({
      path: `${set}.csv`,
      bytes: async () => manifest(images.filter((image) => image.set === set)),
    })),
    ...assets.map(({ path, data }) => ({ path, bytes: async () => data })),
    ...frostTextureFiles.map((name, index) => ({
      path: `${frostFolder}/${name}`,
      bytes: () => encodeFrost(name, index + 1),
    })),
  ];
  await makeFolders(directory, files);
  await removeStaleTemporaries(join(directory, partialFolder));

  const identity = sha256(
    JSON.stringify([
      generatorVersion,
      microBenchmarkSeed,
      images.map(({ id, label, base }) => [id, label, base]),
      assets.map(({ path, data }) => [path, sha256(data)]),
    ]),
  );
  const before = await readContents(directory);
  const known = before?.identity === identity ? before.files : {};
  const digests: Record<string, string> = {};
  let written = 0;
  for (let start = 0; start < files.length; start += width) {
    const group = await Promise.all(
      files.slice(start, start + width).map(async ({ path, bytes }) => {
        const digest = known[path];
        if (digest !== undefined && (await isIntact(directory, path, digest)))
          return { path, digest, fresh: 0 };
        const data = await bytes();
        await writeWhole(directory, path, data);
        return { path, digest: sha256(data), fresh: 1 };
      }),
    );
    for (const { path, digest, fresh } of group) {
      digests[path] = digest;
      written += fresh;
    }
    options.onProgress?.(Math.min(start + width, files.length), files.length);
  }
  if (written > 0) await writeContents(directory, { identity, files: digests });
  const [experiment, sweep] = [join(directory, 'experiment.json'), join(directory, 'sweep.json')];
  return { experiment, sweep, images: images.length, written };
}

function imagePath(image: PlannedImage): string {
  return `${image.id}.png`;
}

async function encode(image: ByteImage): Promise<Uint8Array> {
  return sharp(image, { raw: { width: imageSide, height: imageSide, channels: 3 } })
    .png()
    .toBuffer();
}

/** As what the name says that it is. @param number from 1 */
async function encodeFrost(name: string, number: number): Promise<Uint8Array> {
  const { data, width, height } = drawFrost(number);
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  return (name.endsWith('.jpg') ? image.jpeg({ quality: 95 }) : image.png()).toBuffer();
}

/** A manifest as CSV; the label of an unseen class is empty. */
function manifest(images: readonly PlannedImage[]): string {
  const rows = images.map((image) => [image.id, imagePath(image), image.label ?? '', image.base].join(','));
  return `${['id,path,label,base', ...rows].join('\n')}\n`;
}

/** The experiments and the models they name, as they are committed. */
async function readAssets(): Promise<readonly { readonly path: string; readonly data: Buffer }[]> {
  const experiment = await readFile(assetFile('experiment.json'));
  const { models }: { models: readonly { readonly file: string }[] } = JSON.parse(experiment.toString());
  const paths = ['sweep.json', ...models.map(({ file }) => file)];
  const contents = await Promise.all(
    paths.map(async (path) => ({ path, data: await readFile(assetFile(path)) })),
  );
  return [...contents, { path: 'experiment.json', data: experiment }];
}

async function makeFolders(directory: string, files: readonly PlannedFile[]): Promise<void> {
  try {
    for (const folder of new Set([partialFolder, ...files.map(({ path }) => dirname(path))])) {
      await makeFolder(join(directory, folder));
    }
  } catch (error) {
    const reason = isError(error) ? error.message : String(error);
    throw new GrodinError(
      'input',
      `${directory}: can't write the benchmark there (${reason}); name another folder`,
      {
        cause: error,
      },
    );
  }
}
