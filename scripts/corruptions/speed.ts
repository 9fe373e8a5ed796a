#!/usr/bin/env node
/**
 * How many images one core corrupts in a second, by its own time, so that what else runs on the machine counts little:
 *
 *     node dist/scripts/corruptions/speed.js [FROST-TEXTURES]
 *
 * Prints for each corruption and severity images a second without what is the same for all, which stands in the last rows: a
 * photograph of 500×375 pixels decoded, resized and cropped, and the result stored as JPEG and read again.
 */
import { join } from 'node:path';
import sharp from 'sharp';
import { severities } from '../../manifests/imagenet/corruptions.js';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { beforeCorruption } from '../../workers/images/corruptions/corrupt.js';
import { drawsFor } from '../../workers/images/corruptions/draws.js';
import { readFrostTextures } from '../../workers/images/corruptions/frost-textures.js';
import { throughJpeg } from '../../workers/images/corruptions/jpeg.js';
import { corruptions } from '../../workers/images/corruptions/registry.js';
import { pixelReader } from '../../workers/images/image-pixels.js';
import { scene, texture } from './formula.js';

/** Of each figure. */
const SECONDS = 0.7;

async function imagesPerSecond(work: (image: number) => unknown): Promise<string> {
  for (let image = 0; image < 3; image++) await work(image);
  const started = process.cpuUsage();
  for (let image = 1; ; image++) {
    await work(image);
    const { user, system } = process.cpuUsage(started);
    const seconds = (user + system) / 1e6;
    if (seconds >= SECONDS) return (image / seconds).toFixed(0);
  }
}

async function main(): Promise<void> {
  sharp.concurrency(1);
  const [frost] = process.argv.slice(2);
  const textures =
    frost === undefined ? [0, 1, 2, 3, 4].map(texture) : (await readFrostTextures(frost)).textures;
  const clean = scene();
  console.log(`| corruption | ${severities.join(' | ')} |\n|---|${severities.map(() => '---|').join('')}`);
  for (const { name, apply } of corruptions) {
    const figures: string[] = [];
    for (const severity of severities)
      figures.push(
        await imagesPerSecond((image) =>
          apply(clean, severity, {
            draws: drawsFor({ seed: 0, corruption: name, severity, id: String(image) }),
            textures,
          }),
        ),
      );
    console.log(`| ${name} | ${figures.join(' | ')} |`);
  }
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'photograph.jpg');
    const { data, width, height } = clean;
    const raw = { width, height, channels: 3 } as const;
    await sharp(data, { raw }).resize(500, 375, { fit: 'fill' }).jpeg({ quality: 92 }).toFile(path);
    const read = pixelReader();
    console.log(
      `| decode, resize, crop | ${await imagesPerSecond(() => read(path, beforeCorruption, null))} |`,
    );
    console.log(`| JPEG and back | ${await imagesPerSecond(() => throughJpeg(clean, 85))} |`);
  });
}

await main();
