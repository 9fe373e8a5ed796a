import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { encodeModel } from '../../stages/onnx/encode.js';
import { resNet, seededWeights } from '../../workers/bench/networks/index.js';
import { cifarRows } from '../cifar-rows.js';
import { tarOf } from '../tar-archive.js';

const meta = fileURLToPath(new URL('../../../test/manifests/imagenet-meta.mat', import.meta.url));

/** Enough for what a trial tunes on and tests on. */
const IMAGES = 48;
const wnids = ['n01440764', 'n01443537', 'n01484850'];

/** The paper's sets as they are downloaded, but of few small images, and networks of the same inputs and outputs. */
export async function writeDownloads(folder: string): Promise<void> {
  const wnid = (image: number): string => wnids[image % wnids.length] ?? '';
  const names = Array.from(
    { length: IMAGES },
    (_, at) => `ILSVRC2012_val_${String(at + 1).padStart(8, '0')}.JPEG`,
  );
  const files: [path: string, content: string | Uint8Array][] = [];
  const photographs = await Promise.all(names.map((_, at) => jpeg(at, 224)));
  const tar = (path: (name: string, at: number) => string): Buffer =>
    tarOf(names.map((name, at) => ({ name: path(name, at), content: photographs[(at * 7 + 3) % IMAGES]! })));
  for (const [at, name] of names.entries()) files.push([`ILSVRC2012_img_val/${name}`, photographs[at]!]);
  files.push([
    'ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt',
    names.map((_, at) => `${at + 1}\n`).join(''),
  ]);
  for (const set of ['imagenet-o', 'imagenet-r', 'imagenet-a'])
    files.push([`${set}.tar`, tar((name, at) => `${set}/${wnid(at)}/${set}-${name}`)]);
  files.push(['blur.tar', tar((name, at) => `glass_blur/5/${wnid(at)}/${name}`)]);
  // A file of another length is refused: a hundred images, a hundred times.
  const rows = cifarRows(Array.from({ length: 100 }, (_, at) => [at % 10]));
  files.push(['cifar-10-batches-bin/test_batch.bin', Buffer.concat(Array<Buffer>(100).fill(rows))]);
  files.push([
    'tiny-imagenet-200/val/val_annotations.txt',
    names.map((_, at) => `val_${at}.JPEG\t${wnid(at)}\t0\t0\t9\t9\n`).join(''),
  ]);
  for (const at of names.keys())
    files.push([`tiny-imagenet-200/val/images/val_${at}.JPEG`, await jpeg(at, 64)]);
  const network = (classes: number, side: number): Uint8Array =>
    encodeModel(resNet(seededWeights(1), { bottleneck: false, depths: [1], width: 16, classes, side }));
  for (const depth of [18, 50]) files.push([`models/resnet${depth}.onnx`, network(1000, 224)]);
  files.push(['models/wrn-28-10.onnx', network(10, 32)]);
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await copyFile(meta, join(folder, 'ILSVRC2012_devkit_t12/data/meta.mat'));
}

async function jpeg(seed: number, side: number): Promise<Buffer> {
  const pixels = Uint8Array.from(
    { length: side * side * 3 },
    (_, at) => 127 + 120 * Math.sin(at * 0.003 * (seed + 1) + seed),
  );
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg()
    .toBuffer();
}
