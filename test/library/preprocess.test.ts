import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { InputError, InterruptedError, preprocess, score } from '../../pipeline/index.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { floats, modelOf, node } from '../operations/graph.js';
import { temporaryFolder } from '../temporary-folder.js';

const grey = { resize: null, interpolation: 'bilinear', crop: null, mean: [0.5], std: [0.25] } as const;
const colours = { ...grey, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const;

/** Colours [3, 4, 3], and the grey levels that Pillow's convert("L") gives of them. */
const pixels = Uint8Array.from({ length: 36 }, (_, at) => (at * 53) % 256);
const levels = Array.from({ length: 12 }, (_, at) => {
  const [red = 0, green = 0, blue = 0] = pixels.subarray(3 * at);
  return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
});

async function image(folder: string): Promise<string> {
  const path = join(folder, 'a.png');
  await sharp(pixels, { raw: { width: 4, height: 3, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('preprocessing that leaves out what it does not do is filled in', async (t) => {
  const path = await image(await temporaryFolder(t));
  const { mean, std } = colours;
  const [whole] = await all(preprocess([path], { preprocess: colours }));
  const [short] = await all(preprocess([path], { preprocess: { mean, std } }));
  t.deepEqual(short, whole);
  const error = await t.throwsAsync(score('no.onnx', [path], { preprocess: { mean, std } }).next());
  t.regex(error?.message ?? '', /no such model file/);
});

test('what a network would be fed comes with its levels, and what fails with why', async (t) => {
  const path = await image(await temporaryFolder(t));
  const [found, none] = await all(preprocess([path, 'nowhere.png'], { preprocess: colours }));
  if (found === undefined || 'error' in found) return t.fail(found?.error);
  t.deepEqual(found.shape, [3, 3, 4]);
  t.deepEqual([...found.levels], [...pixels]);
  const third = Math.fround(Math.fround(Math.fround((pixels[2] ?? 0) / 255) - 0.5) / 0.25);
  t.is(found.input[24], third);
  t.deepEqual(none, { path: 'nowhere.png', error: 'nowhere.png: no such image file; check the path' });
});

test('a network of one channel is scored with the grey levels of coloured images', async (t) => {
  const folder = await temporaryFolder(t);
  const path = await image(folder);
  // Its logits are the sums of the upper pixels, and of the lower ones.
  const halves = Array.from({ length: 24 }, (_, at) => (at % 2 === (at < 12 ? 0 : 1) ? 1 : 0));
  const model = modelOf({
    nodes: [node('Flatten', ['image'], {}, ['pixels']), node('Gemm', ['pixels', 'W', 'b'], {}, ['logits'])],
    initializers: { W: floats([12, 2], halves), b: floats([2], [0, 0.5]) },
    image: [1, 3, 4],
  });
  const file = join(folder, 'grey.onnx');
  await writeFile(file, encodeModel(model));
  const [scored] = await all(score(file, [path], { preprocess: grey, cache: null }));
  if (scored === undefined || 'error' in scored) return t.fail(scored?.error);
  const inputs = levels.map((level) => (level / 255 - 0.5) / 0.25);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const logits = [sum(inputs.slice(0, 6)), sum(inputs.slice(6)) + 0.5];
  t.true(Math.abs(scored.ml + Math.max(...logits)) < 1e-5, `${scored.ml}, not ${-Math.max(...logits)}`);
});

test('settings that are none are refused, and an aborted call ends', async (t) => {
  // @ts-expect-error what is fed is said by the preprocessing
  await t.throwsAsync(all(preprocess(['a.png'], {})), {
    instanceOf: InputError,
    message: /^preprocess: preprocess: missing; expected an object/,
  });
  // @ts-expect-error a misspelt option
  await t.throwsAsync(all(preprocess(['a.png'], { preprocess: grey, sizes: [1, 1] })), {
    instanceOf: InputError,
    message: 'preprocess: unknown key "sizes"; did you mean "size"?',
  });
  await t.throwsAsync(all(preprocess(['a.png'], { preprocess: grey, signal: AbortSignal.abort() })), {
    instanceOf: InterruptedError,
  });
});
