import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import sharp, { type Sharp } from 'sharp';
import { ByteBudget } from '../../workers/images/byte-budget.js';
import type { ImageHeader } from '../../workers/images/decode.js';
import { decodablePixels, decodingBytes } from '../../workers/images/decoding-bytes.js';
import { imageFiles } from '../../workers/images/image-file.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { ImageError } from '../../workers/images/source.js';
import { temporaryFolder } from '../temporary-folder.js';

const small: Preprocess = { resize: 8, interpolation: 'bilinear', crop: 8, mean: [0, 0, 0], std: [1, 1, 1] };
const shape = { channels: 3, height: 8, width: 8 };

async function flat(
  t: ExecutionContext,
  width: number,
  height: number,
  as: (image: Sharp) => Sharp,
): Promise<string> {
  const file = join(await temporaryFolder(t), 'image');
  const image = sharp({ create: { width, height, channels: 3, background: '#123456' } });
  await writeFile(file, await as(image).toBuffer());
  return file;
}

test('work begins in turn while the budget lasts', async (t) => {
  const budget = new ByteBudget(10);
  let running = 0;
  const seen: string[] = [];
  const work = (name: string, bytes: number) =>
    budget.spend(bytes, async () => {
      running += bytes;
      seen.push(`${name} of ${running}`);
      await setTimeout(5);
      running -= bytes;
    });
  await Promise.all([work('a', 4), work('b', 6), work('c', 9), work('d', 1)]);
  // d would fit beside a and b's rest, but does not overtake c.
  t.deepEqual(seen, ['a of 4', 'b of 10', 'c of 9', 'd of 10']);
});

test('what takes more than the budget is done alone', async (t) => {
  const budget = new ByteBudget(10);
  let alone = 0;
  let most = 0;
  const work = (bytes: number) =>
    budget.spend(bytes, async () => {
      alone += 1;
      most = Math.max(most, alone);
      await setTimeout(2);
      alone -= 1;
    });
  await Promise.all([work(100), work(100), work(10)]);
  t.is(most, 1);
});

test('work that fails gives its part back', async (t) => {
  const budget = new ByteBudget(1);
  await t.throwsAsync(budget.spend(1, () => Promise.reject(new Error('failed'))));
  t.is(await budget.spend(1, async () => 'done'), 'done');
});

test('an image of more pixels than allowed is refused by its header, with size, limit and remedy', async (t) => {
  const file = await flat(t, 40, 30, (image) => image.png());
  const error = await t.throwsAsync(imageFiles({ maxPixels: 1199 }).read(file, small, shape), {
    instanceOf: ImageError,
  });
  t.is(
    error.message,
    `${file}: 40×30 are 1200 pixels, but at most 1199 are decoded; allow more with maxPixels (--max-pixels of grodin score), or make it smaller`,
  );
  t.is((await imageFiles({ maxPixels: 1200 }).read(file, small, shape)).data.length, 192);
  await t.throwsAsync(imageFiles().read(file, small, shape, { maxPixels: 1199 }), { message: error.message });
});

test('an image that bounded memory can not hold is refused with what it takes, and not decoded', async (t) => {
  const file = await flat(t, 3000, 3000, (image) => image.png());
  const error = await t.throwsAsync(imageFiles({ decodingBytes: 40e6 }).read(file, small, shape), {
    instanceOf: ImageError,
  });
  t.is(
    error.message,
    `${file}: decoding 3000×3000 pixels takes about 43 MB, but the memory allowed leaves 30 MB for it; ` +
      'allow more memory, or make it smaller',
  );
  t.not(error.sha256, null);
  t.is((await imageFiles({ decodingBytes: 60e6 }).read(file, small, shape)).data.length, 192);
});

test('a file that bounded memory can not hold is refused before it is read', async (t) => {
  const file = await flat(t, 600, 600, (image) => image.tiff({ compression: 'none' }));
  await t.throwsAsync(imageFiles({ decodingBytes: 4e6 }).read(file, small, shape), {
    instanceOf: ImageError,
    message: `${file}: the file has 2 MB, but the memory allowed leaves 1 MB for files; allow more memory, or make it smaller`,
  });
});

test('without a bound many large images are read one after the other, and all of them', async (t) => {
  const source = imageFiles({ decodingBytes: null });
  const file = await flat(t, 4000, 3000, (image) => image.webp({ effort: 0 }));
  const read = await Promise.all(Array.from({ length: 6 }, () => source.read(file, small, shape)));
  t.is(new Set(read.map(({ data }) => data[0])).size, 1);
});

const header: ImageHeader = {
  format: 'jpeg',
  width: 4000,
  height: 3000,
  stored: { width: 4000, height: 3000 },
  channels: 3,
  bytesPerSample: 1,
  isProgressive: false,
  isCmyk: false,
  orientation: 1,
  bytes: new Uint8Array(0),
  gif: null,
  bmp: null,
};

test('what must be whole before its first row is known takes more', (t) => {
  const plain = decodingBytes(header);
  t.true(decodingBytes({ ...header, isProgressive: true }) > plain + 12e6 * 5);
  t.true(decodingBytes({ ...header, format: 'tiff', orientation: 6 }) > plain + 12e6 * 3);
  for (const format of ['webp', 'gif', 'heif', 'tiff'] as const)
    t.true(decodingBytes({ ...header, format }) > plain + 12e6 * 3);
});

test('a photograph of as many pixels as are said to fit does fit, and one of a tenth more does not', (t) => {
  for (const bytes of [20e6, 64e6, 1e9]) {
    const sized = (pixels: number): ImageHeader => {
      const height = Math.floor(Math.sqrt((pixels * 3) / 4));
      const size = { width: Math.floor((height * 4) / 3), height };
      return { ...header, ...size, stored: size };
    };
    const pixels = decodablePixels(bytes);
    t.true(decodingBytes(sized(pixels)) <= bytes * 0.75);
    t.true(decodingBytes(sized(pixels * 1.1)) > bytes * 0.75);
  }
  t.is(decodablePixels(1000), 0);
});
