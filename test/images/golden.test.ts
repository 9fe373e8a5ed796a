import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { decodeRgb, readHeader } from '../../workers/images/decode.js';
import { greyPixels } from '../../workers/images/grey.js';
import { recognizeFormat } from '../../workers/images/image-format.js';

/** Where the right pixels of a file lie among those of all files; made by scripts/golden/image_formats.py. */
interface GoldenImage {
  readonly width: number;
  readonly height: number;
  readonly offset: number;
  /** The first digits of the sha256 of its grey levels. */
  readonly grey: string;
  /** Whether the file ends before its image does. */
  readonly truncated?: true;
}

const folder = new URL('../../../test/images/golden/', import.meta.url);
const index: Readonly<Record<string, GoldenImage>> = JSON.parse(
  await readFile(new URL('index.json', folder), 'utf8'),
);
const pixels = await readFile(new URL('pixels.rgb', folder));

/** Dividing by alpha, libvips rounds some levels the other way than Pillow. */
const tolerances: Readonly<Record<string, number>> = {
  'rgba-premultiplied.tif': 1,
  // Where scans of a progressive file are missing, the decoders smooth over what is there in ways of their own.
  'truncated-0.6-progressive.jpg': 1,
};

for (const [name, { width, height, offset, grey, truncated }] of Object.entries(index)) {
  test(`${name} has the pixels that Pillow reads`, async (t) => {
    const bytes = await readFile(new URL(name, folder));
    const recognized = recognizeFormat(bytes);
    if (!recognized?.read) return t.fail('its format is not read');
    const header = await readHeader(bytes, recognized.format);
    t.deepEqual([header.width, header.height], [width, height]);
    const decoded = await decodeRgb(header, truncated ? 'load' : 'error');
    t.deepEqual([decoded.width, decoded.height], [width, height]);
    const right = pixels.subarray(offset, offset + 3 * width * height);
    t.is(decoded.data.length, right.length);
    const off = right.map((level, at) => Math.abs(level - (decoded.data[at] ?? -1)));
    t.true(Math.max(...off) <= (tolerances[name] ?? 0), `up to ${Math.max(...off)} levels off`);
    if (name in tolerances) return;
    const greyLevels = greyPixels(decoded).data.filter((_, at) => at % 3 === 0);
    t.is(createHash('sha256').update(greyLevels).digest('hex').slice(0, 24), grey);
  });
}
