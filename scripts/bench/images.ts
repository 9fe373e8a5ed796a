#!/usr/bin/env node
/**
 * Measures what decoding and preprocessing an image for an ImageNet classifier costs, beside sharp's own resize and, where
 * there is a Python with Pillow, beside Pillow; prints a Markdown table:
 *
 *     node dist/scripts/bench/images.js [--images N] [--rounds N] [FILE…]
 *
 * Without files, JPEG images of 500×375 pixels are made, as most of ImageNet's are. What is counted is the time of the processor, of all
 * threads together, which says how many images one core does a second even where other work shares the machine.
 */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import { spreadOf } from '../../workers/bench/measurement-spread.js';
import { configureDecoder } from '../../workers/images/configure-decoder.js';
import { decodeRgb, readHeader } from '../../workers/images/decode.js';
import { imageFiles } from '../../workers/images/image-file.js';
import { recognizeFormat } from '../../workers/images/image-format.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { preprocessPresets } from '../../workers/images/presets.js';
import { writeJpegs } from './jpegs.js';

const peer = fileURLToPath(new URL('../../../scripts/bench/image_peer.py', import.meta.url));
const shape = { channels: 3, height: 224, width: 224 };

type Work = (path: string) => Promise<unknown>;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { images: { type: 'string', default: '100' }, rounds: { type: 'string', default: '5' } },
    allowPositionals: true,
  });
  configureDecoder(1);
  const rounds = Number(values.rounds);
  await withTemporaryFolder(async (folder) => {
    const paths =
      positionals.length > 0
        ? positionals
        : await writeJpegs(folder, Number(values.images), { width: 500, height: 375 });
    const bilinear = preprocessPresets.imagenet;
    if (bilinear === undefined) throw new Error('there is no preprocessing of ImageNet');
    const works: Readonly<Record<string, Work>> = {
      'decoded: this project': decoded,
      'decoded and preprocessed: this project, bilinear': preprocessed(bilinear),
      'decoded and preprocessed: this project, bicubic': preprocessed({
        ...bilinear,
        interpolation: 'bicubic',
      }),
      'decoded and preprocessed: this project, nearest': preprocessed({
        ...bilinear,
        interpolation: 'nearest',
      }),
      "decoded and resized: sharp's own resize": sharpsOwn,
    };
    const seconds = new Map<string, number[]>(Object.keys(works).map((name) => [name, []]));
    for (let round = -1; round < rounds; round += 1) {
      for (const [name, work] of Object.entries(works)) {
        const took = await processorSeconds(work, paths);
        // The first round fills caches.
        if (round >= 0) seconds.get(name)?.push(took);
      }
    }
    for (const [name, each] of pillow(paths, rounds)) seconds.set(name, [...each]);
    const rows = [...seconds].map(([what, each]) => {
      const { median, low, high } = spreadOf(each.map((time) => (1000 * time) / paths.length));
      return [what, (1000 / median).toFixed(0), median.toFixed(2), `${low.toFixed(2)} – ${high.toFixed(2)}`];
    });
    console.log(
      markdownGrid(
        [
          { title: `${paths.length} images`, align: 'left' },
          { title: 'images/s and core', align: 'right' },
          { title: 'processor ms an image', align: 'right' },
          { title: 'quartiles', align: 'right' },
        ],
        rows,
      ),
    );
  });
}

async function processorSeconds(work: Work, paths: readonly string[]): Promise<number> {
  const before = process.cpuUsage();
  for (const path of paths) await work(path);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function decoded(path: string): Promise<unknown> {
  const bytes = await readFile(path);
  const recognized = recognizeFormat(bytes);
  if (!recognized?.read) throw new Error(`${path}: not in a format that is read`);
  return decodeRgb(await readHeader(bytes, recognized.format));
}

function preprocessed(preprocess: Preprocess): Work {
  const source = imageFiles();
  return (path) => source.read(path, preprocess, shape);
}

/** What it would take without equal pixels: libvips resizes, and shrinks JPEG images while it decodes them. */
async function sharpsOwn(path: string): Promise<unknown> {
  const { data } = await sharp(path, { failOn: 'error', ignoreIcc: true })
    .removeAlpha()
    .toColourspace('srgb')
    .resize({ width: 256, height: 256, fit: 'outside', kernel: 'linear' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return data;
}

/** Seconds by what Pillow does; empty where it is not there. */
function pillow(paths: readonly string[], rounds: number): ReadonlyMap<string, readonly number[]> {
  for (const python of ['/usr/bin/python3', 'python3']) {
    const { status, stdout } = spawnSync(python, [peer, String(rounds), ...paths], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    if (status !== 0) continue;
    const { decode, whole } = JSON.parse(stdout);
    return new Map([
      ['decoded: Pillow', decode],
      ['decoded and preprocessed: Pillow', whole],
    ]);
  }
  return new Map();
}

await main();
