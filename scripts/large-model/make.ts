/**
 * Makes a classifier whose weights are beyond what one ONNX file can hold, and images for it:
 * `node dist/scripts/large-model/make.js FOLDER [WIDTH] [DEPTH]`. A vision transformer for 224×224 images in 49 patches;
 * 2048 wide and 11 deep it has 563 million parameters, 2.25 GB.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { heldBytes } from '../../stages/onnx/model.js';
import { visionTransformer } from '../../workers/bench/networks/vision-transformer.js';
import type { Weights } from '../../workers/bench/networks/weights.js';
import { writeGraph } from '../../workers/onnx-files/graph-files.js';

const [folder, width = '2048', depth = '11'] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: make.js FOLDER [WIDTH] [DEPTH]');
const side = 224;

let state = 1;
/** Uniform in [−1, 1), quick: there are hundreds of millions. */
function uniform(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state / 2 ** 31;
}

function filled(count: number, make: () => number): Float32Array {
  const values = new Float32Array(count);
  for (let at = 0; at < count; at++) values[at] = make();
  return values;
}

/** Uniform, of the deviation that is asked for: what is measured does not depend on the form. */
const weights: Weights = {
  normal: (count, deviation) => filled(count, () => Math.sqrt(3) * deviation * uniform()),
  aroundOne: (count, scale) => filled(count, () => scale * (1 + 0.3 * uniform())),
};

const model = visionTransformer(weights, {
  patch: 32,
  depth: Number(depth),
  heads: 16,
  width: Number(width),
  side,
});
await mkdir(folder, { recursive: true });
await writeGraph(join(folder, 'net.onnx'), model);
for (let image = 0; image < 3; image++) {
  const pixels = Uint8Array.from({ length: 3 * side * side }, () => 128 + 127 * uniform());
  await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(join(folder, `${image}.png`));
}
console.log(`${join(folder, 'net.onnx')}: ${heldBytes(model.graph)} bytes of weights`);
