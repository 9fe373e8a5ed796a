import { readFile } from 'node:fs/promises';
import test from 'ava';
import { DecodingFault, decodeRgb, readHeader } from '../../workers/images/decode.js';

const golden = (name: string) => readFile(new URL(`../../../test/images/golden/${name}`, import.meta.url));

const pixelsOf = async (tiff: Uint8Array) => decodeRgb(await readHeader(tiff, 'tiff'));

/** Place of the entry of a tag of one SHORT in a file of Pillow's, which are little-endian. */
function entryOf(tiff: Buffer, tag: number): number {
  const at = tiff.indexOf(Buffer.from([tag & 255, tag >> 8, 3, 0, 1, 0, 0, 0]));
  if (at < 0) throw new Error(`no tag ${tag}`);
  return at;
}

for (const value of [0, 9, 300])
  test(`a TIFF file of orientation ${value}, which there is not, is taken as it is stored`, async (t) => {
    const right = await pixelsOf(await golden('orientation-1.tif'));
    const tiff = await golden('orientation-6.tif');
    t.notDeepEqual(await pixelsOf(tiff), right);
    tiff.writeUInt16LE(value, entryOf(tiff, 274) + 8);
    const before = Buffer.from(tiff);
    const header = await readHeader(tiff, 'tiff');
    t.is(header.orientation, 1);
    t.deepEqual(await decodeRgb(header), right);
    t.deepEqual(tiff, before, "the file's own bytes stay");
  });

test('a unit of resolution that there is not, and a number of inks, are no matter', async (t) => {
  for (const [tag, value] of [
    [296, 0],
    [296, 9],
    [334, 4],
  ] as const)
    for (const type of [1, 3, 4]) {
      const tiff = await golden('lzw.tif');
      const right = await pixelsOf(tiff);
      // In place of PlanarConfiguration, which says what is so without it.
      const entry = entryOf(tiff, 284);
      tiff.writeUInt16LE(tag, entry);
      tiff.writeUInt16LE(type, entry + 2);
      tiff.writeUInt16LE(value, entry + 8);
      t.deepEqual(await pixelsOf(tiff), right, `tag ${tag}, type ${type}, value ${value}`);
    }
});

test('what follows the first page is no matter, in either order of bytes', async (t) => {
  for (const [name, isLittle] of [
    ['lzw.tif', true],
    ['two-pages.tif', true],
    ['rgb-16-big-endian.tif', false],
  ] as const) {
    const tiff = await golden(name);
    const right = await pixelsOf(tiff);
    const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
    const start = view.getUint32(4, isLittle);
    const next = start + 2 + 12 * view.getUint16(start, isLittle);
    for (const pointer of [start, 3, tiff.length - 1, 0x05f5e0ff, 0xffffffff]) {
      view.setUint32(next, pointer, isLittle);
      t.deepEqual(await pixelsOf(tiff), right, `${name}, the next page at ${pointer}`);
    }
  }
});

test('compressions that libtiff writes and no decoder here reads are named', async (t) => {
  for (const [number, name] of [
    [34925, 'LZMA'],
    [50000, 'Zstandard'],
  ] as const) {
    const tiff = await golden('lzw.tif');
    tiff.writeUInt16LE(number, entryOf(tiff, 259) + 8);
    await t.throwsAsync(readHeader(tiff, 'tiff'), {
      instanceOf: DecodingFault,
      message: `TIFF of compression ${number} (${name}) is not read; convert it to another`,
    });
  }
});

test('samples that are no colours are named, not taken for grey', async (t) => {
  for (const [samples, extra, colours, words] of [
    [2, 0, 1, '2 samples a pixel is not read as grey or a palette'],
    [4, 0, 1, '4 samples a pixel is not read as grey or a palette'],
    [12, 0, 1, '12 samples a pixel is not read as grey or a palette'],
    [6, 0, 2, '6 samples a pixel is not read as colours'],
  ] as const) {
    const tiff = await golden('grey-alpha.tif');
    tiff.writeUInt16LE(samples, entryOf(tiff, 277) + 8);
    tiff.writeUInt16LE(extra, entryOf(tiff, 338) + 8);
    tiff.writeUInt16LE(colours, entryOf(tiff, 262) + 8);
    await t.throwsAsync(readHeader(tiff, 'tiff'), {
      instanceOf: DecodingFault,
      message: `TIFF of ${words}; write those that the network takes to a file of grey or RGB`,
    });
  }
});

test('grey and alpha in planes, whose rows the decoder mixes, are refused', async (t) => {
  const tiff = await golden('grey-alpha.tif');
  await t.notThrowsAsync(pixelsOf(tiff));
  tiff.writeUInt16LE(2, entryOf(tiff, 284) + 8);
  await t.throwsAsync(readHeader(tiff, 'tiff'), {
    instanceOf: DecodingFault,
    message:
      'TIFF of grey or a palette with alpha in a plane of its own is not read; convert it to one plane',
  });
});

/** A BigTIFF file of one strip, in which values of tags are SHORT. */
function bigTiff(tags: ReadonlyMap<number, number>, strip: Uint8Array): Buffer {
  const entries = new Map([...tags, [273, 16 + 8 + 20 * (tags.size + 2) + 8], [279, strip.length]]);
  const head = Buffer.alloc(16 + 8 + 20 * entries.size + 8);
  head.write('II+\0\x08\0\0\0', 'latin1');
  head.writeBigUInt64LE(16n, 8);
  head.writeBigUInt64LE(BigInt(entries.size), 16);
  for (const [index, [tag, value]] of [...entries].sort(([a], [b]) => a - b).entries()) {
    const at = 24 + 20 * index;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(tag === 273 ? 16 : 3, at + 2);
    head.writeBigUInt64LE(1n, at + 4);
    head.writeBigUInt64LE(BigInt(value), at + 12);
  }
  return Buffer.concat([head, strip]);
}

test('BigTIFF is read, and its samples that are no colours are named', async (t) => {
  const grey = new Map<number, number>(
    Object.entries({ 256: 2, 257: 2, 258: 8, 259: 1, 262: 1, 277: 1, 278: 2 }).map(([tag, value]) => [
      Number(tag),
      value,
    ]),
  );
  const { data } = await pixelsOf(bigTiff(grey, Uint8Array.of(1, 2, 3, 4)));
  t.deepEqual([...data], [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
  const bands = bigTiff(new Map([...grey, [277, 12]]), new Uint8Array(48));
  await t.throwsAsync(readHeader(bands, 'tiff'), {
    instanceOf: DecodingFault,
    message: /^TIFF of 12 samples a pixel is not read as grey or a palette; /,
  });
});
