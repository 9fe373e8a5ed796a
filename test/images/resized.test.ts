import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'ava';
import fc from 'fast-check';
import { greyPixels } from '../../workers/images/grey.js';
import type { Pixels } from '../../workers/images/pixels.js';
import type { Sides } from '../../workers/images/preprocess.js';
import { type Interpolation, resampledWindow } from '../../workers/images/resample.js';
import type { ResampleFilter } from '../../workers/images/resample-weights.js';
import { layoutOf, seenPixels } from '../../workers/images/resize-and-crop.js';

/** What Pillow and torchvision make of an image; written by scripts/golden/image_resize.py. */
interface ResizedImage {
  readonly width: number;
  readonly height: number;
  readonly resize: Sides | null;
  readonly crop: Sides | null;
  readonly interpolation: Interpolation;
  readonly grey?: true;
  /** The first digits. */
  readonly sha256: string;
  /** The first levels, of cases that have a name. */
  readonly levels?: readonly number[];
}

const cases: readonly ResizedImage[] = JSON.parse(
  await readFile(new URL('../../../test/images/resized.json', import.meta.url), 'utf8'),
);

/** The image of that script: bits of a multiplicative hash of each sample's index. */
function hashed(width: number, height: number): Pixels {
  const data = Uint8Array.from(
    { length: 3 * width * height },
    (_, index) => (Math.imul(index, 2654435761) >>> 13) & 255,
  );
  return { data, width, height };
}

/** What the network would see of the case's image, each channel of grey ones once. */
function seen({ width, height, resize, crop, interpolation, grey }: ResizedImage): Uint8Array {
  const layout = layoutOf({ width, height }, { resize, crop }, null);
  if (typeof layout === 'string') throw new Error(layout);
  const pixels = hashed(width, height);
  const { data } = seenPixels(grey ? greyPixels(pixels) : pixels, layout, interpolation);
  return Uint8Array.from(grey ? data.filter((_, at) => at % 3 === 0) : data);
}

const digestOf = (levels: Uint8Array): string =>
  createHash('sha256').update(levels).digest('hex').slice(0, 24);

for (const one of cases.filter(({ levels }) => levels !== undefined)) {
  const { width, height, resize, crop, interpolation, grey, sha256, levels } = one;
  const how = `${interpolation}, resize ${JSON.stringify(resize)}, crop ${JSON.stringify(crop)}`;
  test(`${width}×${height}${grey ? ' in grey' : ''} becomes what Pillow makes of it: ${how}`, (t) => {
    const data = seen(one);
    t.deepEqual([...data.subarray(0, 24)], levels);
    t.is(digestOf(data), sha256);
  });
}

test('images of any size become what Pillow makes of them, by every filter', (t) => {
  const drawn = cases.filter(({ levels }) => levels === undefined);
  t.true(drawn.length >= 600);
  for (const one of drawn) t.is(digestOf(seen(one)), one.sha256, JSON.stringify(one));
});

/** A filter as its textbook formula says it, unlike the nested products of the code under test. */
const kernels = {
  bilinear: { radius: 1, at: (x: number) => (Math.abs(x) < 1 ? 1 - Math.abs(x) : 0) },
  bicubic: {
    radius: 2,
    at: (signed: number) => {
      const x = Math.abs(signed);
      if (x <= 1) return 1.5 * x ** 3 - 2.5 * x ** 2 + 1;
      return x < 2 ? -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2 : 0;
    },
  },
} satisfies Partial<Record<ResampleFilter, { readonly radius: number; readonly at: (x: number) => number }>>;

/** One pass over rows in floating point, every sample of a row looked at. @returns levels that are not rounded */
function resizedRow(
  row: readonly number[],
  length: number,
  interpolation: keyof typeof kernels,
): readonly number[] {
  const { radius, at } = kernels[interpolation];
  const scale = row.length / length;
  const widening = Math.max(1, scale);
  return Array.from({ length }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const weights = row.map((_, from) => {
      const inside = from + 1 > centre - radius * widening && from < centre + radius * widening;
      return inside ? at((from + 0.5 - centre) / widening) : 0;
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return row.reduce((sum, level, from) => sum + (level * (weights[from] ?? 0)) / total, 0);
  });
}

const clamp = (level: number) => Math.min(255, Math.max(0, level));

test('any resize is within one level of two passes in floating point, whatever window of it is asked for', (t) => {
  const side = fc.integer({ min: 1, max: 24 });
  const property = fc.property(
    fc.record({
      width: side,
      height: side,
      wide: side,
      high: side,
      left: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.constantFrom<keyof typeof kernels>('bilinear', 'bicubic'),
    fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
    ({ width, height, wide, high, left: part }, interpolation, stream) => {
      const data = Uint8Array.from({ length: 3 * width * height }, () => stream.next().value ?? 0);
      const resized = { width: wide, height: high };
      const left = Math.floor(part * (wide - 1));
      const top = Math.floor((1 - part) * (high - 1));
      const window = { left, top, width: wide - left, height: high - top };
      const found = resampledWindow({ data, width, height }, resized, window, interpolation);
      for (let channel = 0; channel < 3; channel++) {
        const rows = Array.from({ length: height }, (_, y) => {
          const row = Array.from({ length: width }, (_, x) => data[3 * (y * width + x) + channel] ?? 0);
          return resizedRow(row, wide, interpolation).map(clamp);
        });
        for (let x = left; x < wide; x++) {
          const column = rows.map((row) => row[x] ?? 0);
          const right = resizedRow(column, high, interpolation).map(clamp);
          for (let y = top; y < high; y++) {
            const level = found.data[3 * ((y - top) * window.width + x - left) + channel] ?? -1;
            // Half a level of each pass; sums of bicubic weights reach 1.25² in the second.
            if (Math.abs(level - (right[y] ?? 0)) > 1.2) return false;
          }
        }
      }
      return true;
    },
  );
  fc.assert(property, { numRuns: 300 });
  t.pass();
});

test('a window has the pixels that it has in the whole image', (t) => {
  const pixels = hashed(61, 47);
  for (const resized of [
    { width: 30, height: 90 },
    { width: 61, height: 20 },
    { width: 100, height: 47 },
  ]) {
    const whole = resampledWindow(pixels, resized, { left: 0, top: 0, ...resized }, 'bicubic');
    const window = { left: 7, top: 5, width: 11, height: 13 };
    const part = resampledWindow(pixels, resized, window, 'bicubic');
    for (let y = 0; y < window.height; y++) {
      const from = 3 * ((window.top + y) * resized.width + window.left);
      const row = whole.data.subarray(from, from + 3 * window.width);
      t.deepEqual([...part.data.subarray(3 * y * window.width, 3 * (y + 1) * window.width)], [...row]);
    }
  }
});
