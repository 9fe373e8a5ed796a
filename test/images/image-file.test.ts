import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import sharp, { type Sharp } from 'sharp';
import { ModelError } from '../../stages/errors.js';
import { imageFiles } from '../../workers/images/image-file.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { ImageError, type ImageSource } from '../../workers/images/source.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Leaves pixels as they are, in units of 1/255. */
const plain: Preprocess = {
  resize: null,
  interpolation: 'bilinear',
  crop: null,
  mean: [0, 0, 0],
  std: [1 / 255, 1 / 255, 1 / 255],
};

/** Pixel (x, y) is (10x, 10y, 200) (and alpha). */
function gradient(width: number, height: number, alpha?: number): Sharp {
  const pixels = Array.from({ length: width * height }, (_, i) => {
    const colour = [10 * (i % width), 10 * Math.floor(i / width), 200];
    return alpha === undefined ? colour : [...colour, alpha];
  });
  return sharp(Buffer.from(pixels.flat()), { raw: { width, height, channels: alpha === undefined ? 3 : 4 } });
}

async function save(t: ExecutionContext, name: string, content: Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(t), name);
  await writeFile(file, content);
  return file;
}

function shape(width: number, height: number) {
  return { channels: 3, height, width };
}

/** Values to the nearest level, which is how close float32 comes to them. */
function levels(input: Float32Array): readonly number[] {
  return [...input].map((value) => Math.round(value));
}

async function read(...parameters: Parameters<ImageSource['read']>): Promise<Float32Array> {
  return (await imageFiles().read(...parameters)).data;
}

const expected3x2 = [
  [0, 10, 20, 0, 10, 20],
  [0, 0, 0, 10, 10, 10],
  [200, 200, 200, 200, 200, 200],
].flat();

test('an image becomes one plane a channel, row by row', async (t) => {
  const file = await save(t, 'a.png', await gradient(3, 2).png().toBuffer());
  const { data: input } = await imageFiles().read(file, plain, shape(3, 2));
  t.true(input instanceof Float32Array);
  t.deepEqual(levels(input), expected3x2);
});

test('values are (pixel/255 − mean) / std of their channel in float32', async (t) => {
  const file = await save(t, 'a.png', await gradient(3, 2).png().toBuffer());
  const preprocess: Preprocess = { ...plain, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  const { data: input } = await imageFiles().read(file, preprocess, shape(3, 2));
  const at = (channel: number, i: number) => input[6 * channel + i] ?? Number.NaN;
  // float32 carries 24 bits, and three of its roundings add up.
  const near = (found: number, value: number) => t.true(Math.abs(found - value) < 5e-7, `${found} ${value}`);
  near(at(0, 2), (20 / 255 - 0.485) / 0.229);
  near(at(1, 3), (10 / 255 - 0.456) / 0.224);
  near(at(2, 0), (200 / 255 - 0.406) / 0.225);
});

test('alpha is dropped, and what lies under transparent pixels is kept', async (t) => {
  const file = await save(t, 'a.png', await gradient(3, 2, 0).png().toBuffer());
  t.deepEqual(levels(await read(file, plain, shape(3, 2))), expected3x2);
  const resize = { ...plain, resize: 4 };
  const opaque = await save(t, 'b.png', await gradient(3, 2).png().toBuffer());
  t.deepEqual(await read(file, resize, shape(6, 4)), await read(opaque, resize, shape(6, 4)));
});

test('grey, 16-bit, palette and CMYK images become RGB', async (t) => {
  const files = {
    'grey.png': gradient(3, 2).greyscale().png(),
    'grey.jpg': gradient(3, 2).greyscale().jpeg(),
    'deep.png': gradient(3, 2).toColourspace('rgb16').png(),
    'palette.png': gradient(3, 2).png({ palette: true }),
    'cmyk.jpg': gradient(3, 2).toColourspace('cmyk').jpeg(),
  };
  for (const [name, image] of Object.entries(files)) {
    const file = await save(t, name, await image.toBuffer());
    const input = levels(await read(file, plain, shape(3, 2)));
    t.is(input.length, 18, name);
    t.true(
      input.every((level) => level >= 0 && level <= 255),
      name,
    );
    if (name.startsWith('grey')) t.deepEqual(input.slice(0, 6), input.slice(12), name);
    if (name === 'deep.png') t.deepEqual(input, expected3x2);
  }
});

test('the EXIF orientation is not applied, as in the pipelines that networks are trained with', async (t) => {
  const image = gradient(3, 2).withMetadata({ orientation: 6 }).png();
  const file = await save(t, 'a.png', await image.toBuffer());
  t.deepEqual(levels(await read(file, plain, shape(3, 2))), expected3x2);
});

test('the centre is cut out, halves going to the even neighbour', async (t) => {
  const file = await save(t, 'a.png', await gradient(7, 9).png().toBuffer());
  const input = levels(await read(file, { ...plain, crop: 2 }, shape(2, 2)));
  // (7 − 2) / 2 = 2.5 → 2 and (9 − 2) / 2 = 3.5 → 4.
  t.deepEqual(input.slice(0, 8), [20, 30, 20, 30, 40, 40, 50, 50]);
});

test('the shorter side is resized and the centre cut out of the result', async (t) => {
  const file = await save(t, 'a.png', await gradient(24, 12).png().toBuffer());
  const input = levels(await read(file, { ...plain, resize: 6, crop: 4 }, shape(4, 4)));
  // Halved in size, x runs over 4…7 of 0…11, each between source pixels 2x and 2x + 1; a triangle filter keeps a
  // linear ramp, up to rounding to whole levels.
  const row = [85, 105, 125, 145];
  for (const [i, level] of input.slice(0, 4).entries())
    t.true(Math.abs(level - (row[i] ?? 0)) <= 1, `${level}`);
});

test('a uniform image stays uniform through any resize', async (t) => {
  const image = sharp({
    create: { width: 50, height: 37, channels: 3, background: { r: 9, g: 99, b: 199 } },
  });
  const file = await save(t, 'a.jpg', await image.png().toBuffer());
  const input = levels(await read(file, { ...plain, resize: 16, crop: 14 }, shape(14, 14)));
  t.deepEqual([...new Set(input)], [9, 99, 199]);
});

const faults: readonly [
  behaviour: string,
  content: () => Promise<Uint8Array>,
  message: RegExp,
  side?: number,
][] = [
  [
    'a zero-byte file is an image error',
    async () => Buffer.alloc(0),
    /^PATH: the file is empty \(0 bytes\); restore it from its source$/,
  ],
  [
    'a text file is an image error',
    async () => Buffer.from('this is no image'),
    /^PATH: not an image in a format that is read \(JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF\)$/,
  ],
  [
    'a drawing is an image error',
    async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>'),
    /^PATH: SVG files are not read; convert it to one of JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF$/,
  ],
  ...(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const).flatMap((format) =>
    [0.4, 0.95].map((part): [string, () => Promise<Uint8Array>, RegExp, number] => [
      `a ${format} file that ends after ${100 * part} % of its bytes is an image error`,
      async () => {
        const whole = await gradient(24, 24).toFormat(format).toBuffer();
        return whole.subarray(0, Math.floor(part * whole.length));
      },
      /^PATH: the image is truncated: the file ends before the image does; restore it from its source$/,
      24,
    ]),
  ),
  [
    'an image of another size than the network takes is an image error with both sizes',
    () => gradient(4, 2).png().toBuffer(),
    /^PATH: found 4×2 pixels, but the network takes 3×2; set resize and crop in the preprocessing$/,
  ],
];

for (const [behaviour, content, message, side] of faults) {
  test(behaviour, async (t) => {
    const file = await save(t, 'image.bin', await content());
    const error = await t.throwsAsync(imageFiles().read(file, plain, shape(side ?? 3, side ?? 2)), {
      instanceOf: ImageError,
    });
    t.is(error.path, file);
    t.regex(error.message.replace(file, 'PATH'), message);
    t.notRegex(error.message, /\n/);
  });
}

test('a missing image and a folder in its place are image errors', async (t) => {
  const folder = await temporaryFolder(t);
  const missing = join(folder, 'none.png');
  await t.throwsAsync(imageFiles().read(missing, plain, shape(3, 2)), {
    instanceOf: ImageError,
    message: `${missing}: no such image file; check the path`,
  });
  await t.throwsAsync(imageFiles().read(folder, plain, shape(3, 2)), {
    instanceOf: ImageError,
    message: `${folder}: is a folder, not an image; check the path`,
  });
});

test('preprocessing that does not lead to the size of the network is an image error with all sizes', async (t) => {
  const file = await save(t, 'a.png', await gradient(24, 12).png().toBuffer());
  await t.throwsAsync(imageFiles().read(file, { ...plain, resize: 6 }, shape(6, 6)), {
    instanceOf: ImageError,
    message: `${file}: 24×12 pixels become 12×6 after preprocessing, but the network takes 6×6; fix resize and crop`,
  });
});

test('around an image that is smaller than its crop all is black', async (t) => {
  const file = await save(t, 'a.png', await gradient(3, 2).png().toBuffer());
  const input = levels(await read(file, { ...plain, crop: [5, 2] }, shape(2, 5)));
  // Of 3 columns from round(0.5) = 0 on, 2; 3 rows more, of which 1 is above.
  t.deepEqual(input.slice(0, 10), [0, 0, 0, 10, 0, 10, 0, 0, 0, 0]);
});

test('a network that takes grey images gets their levels by ITU-R 601', async (t) => {
  const grey: Preprocess = { ...plain, mean: [0], std: [1 / 255] };
  const file = await save(t, 'a.png', await gradient(3, 2).png().toBuffer());
  const { data } = await imageFiles().read(file, grey, { channels: 1, height: 2, width: 3 });
  const pixels = await gradient(3, 2).raw().toBuffer();
  const right = Array.from({ length: 6 }, (_, at) => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(3 * at);
    return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  });
  t.deepEqual(Array.from(data, Math.round), right);
});

for (const [channels, mean, message] of [
  [1, [0, 0, 0], 'the network takes grey images, of 1 channel; give one number for mean, and one for std'],
  [
    3,
    [0],
    'the network takes images of 3 channels (R, G, B); give three numbers for mean, and three for std',
  ],
  [
    4,
    [0, 0, 0],
    'the network takes 4 channels, but images have 3 (R, G, B) or are made grey; export it for either',
  ],
] as const)
  test(`a preprocessing of ${mean.length} for a network of ${channels} is no fault of the image`, async (t) => {
    const preprocess: Preprocess = { ...plain, mean };
    await t.throwsAsync(imageFiles().read('a.png', preprocess, { channels, height: 2, width: 3 }), {
      instanceOf: ModelError,
      message,
    });
  });
