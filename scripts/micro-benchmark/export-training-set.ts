/**
 * Writes the training photographs as raw bytes for train.py: `train.bin` and `clean.bin`, each image 32 × 32 × 3
 * uint8, classes interleaved (image i has label i mod 10), so that no label file is needed.
 *
 * Usage: node dist/scripts/micro-benchmark/export-training-set.js DIRECTORY [IMAGES_PER_CLASS=3600]
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  classesOf,
  drawPhotograph,
  type PhotographSplit,
} from '../../manifests/micro-benchmark/photograph-splits.js';
import { cleanPerClass } from '../../manifests/micro-benchmark/sets.js';

const [directory, perClass = '3600'] = process.argv.slice(2);
if (directory === undefined) {
  console.error(
    'Usage: node dist/scripts/micro-benchmark/export-training-set.js DIRECTORY [IMAGES_PER_CLASS]',
  );
  process.exit(2);
}
await mkdir(directory, { recursive: true });
await writeFile(join(directory, 'train.bin'), images('train', Number(perClass)));
await writeFile(join(directory, 'clean.bin'), images('clean', cleanPerClass));

function images(split: PhotographSplit, count: number): Buffer {
  const drawn: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    for (const object of classesOf(split)) drawn.push(drawPhotograph(split, object, index));
  }
  return Buffer.concat(drawn);
}
