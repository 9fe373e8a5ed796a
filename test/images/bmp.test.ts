import test from 'ava';
import { decodeRgb, readHeader } from '../../workers/images/decode.js';
import { recognizeFormat } from '../../workers/images/image-format.js';

/** A BMP file of 4 × 3 pixels with a header of 40 bytes; `change` may spoil it. */
function bmp(
  data: readonly number[],
  {
    bits = 8,
    compression = 0,
    change = () => {},
  }: {
    readonly bits?: number;
    readonly compression?: number;
    readonly change?: (file: Buffer) => void;
  } = {},
): Buffer {
  const header = Buffer.alloc(54);
  header.write('BM', 'latin1');
  header.writeUInt32LE(54 + 16, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(4, 18);
  header.writeInt32LE(3, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  header.writeUInt32LE(4, 46);
  // Blue, green, red, and a byte of no meaning.
  const palette = Buffer.from([9, 9, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0]);
  const file = Buffer.concat([header, palette, Buffer.from(data)]);
  change(file);
  return file;
}

const decoded = async (file: Buffer, truncated: 'error' | 'load' = 'error') =>
  decodeRgb(await readHeader(file, 'bmp'), truncated);

/** Rows of red levels, which are the indices but for that of the first colour. */
const reds = async (file: Buffer, truncated?: 'error' | 'load') => {
  const { data, width } = await decoded(file, truncated);
  const levels = [...data].filter((_, at) => at % 3 === 0);
  return Array.from({ length: 3 }, (_, y) => levels.slice(width * y, width * (y + 1)));
};

test('runs may leave pixels out to the right and upwards, which have the first colour', async (t) => {
  // Two pixels; then one to the right and a row up: two; the row ends; a whole row; the end.
  const data = [2, 1, 0, 2, 1, 1, 1, 2, 0, 0, 4, 3, 0, 1];
  t.deepEqual(await reds(bmp(data, { compression: 1 })), [
    [3, 3, 3, 3],
    [9, 9, 9, 2],
    [1, 1, 9, 9],
  ]);
});

test('an odd number of indices of four bits takes half a byte of the next', async (t) => {
  const data = [0, 3, 0x12, 0x30, 1, 0x11, 0, 0, 4, 0x22, 0, 0, 4, 0x33, 0, 1];
  t.deepEqual(await reds(bmp(data, { bits: 4, compression: 2 })), [
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 1],
  ]);
});

test('runs that end before the image does are an error, or the first colour', async (t) => {
  const file = bmp([4, 1, 0, 0, 4, 2, 0, 1], { compression: 1 });
  await t.throwsAsync(decoded(file), { message: /^the image is truncated: the file ends before/ });
  t.deepEqual(await reds(file, 'load'), [
    [9, 9, 9, 9],
    [2, 2, 2, 2],
    [1, 1, 1, 1],
  ]);
});

test('runs that leave out more than there is paint nothing outside', async (t) => {
  const file = bmp([0, 2, 255, 255, 4, 1, 0, 1], { compression: 1 });
  t.deepEqual(await reds(file), new Array(3).fill([9, 9, 9, 9]));
});

for (const [what, change, message] of [
  ['a header of another size', (file: Buffer) => file.writeUInt32LE(56, 14), 'a header of 56 bytes'],
  ['a depth of no BMP file', (file: Buffer) => file.writeUInt16LE(7, 28), '7 bits a pixel'],
  [
    'a JPEG file in a BMP file',
    (file: Buffer) => file.writeUInt32LE(4, 30),
    'compression 4 with 8 bits a pixel',
  ],
  ['millions of colours', (file: Buffer) => file.writeUInt32LE(1e6, 46), '1000000 colours'],
  ['no height', (file: Buffer) => file.writeUInt32LE(0, 22), '4×0 pixels'],
] as const)
  test(`${what} is refused with what it is`, async (t) => {
    await t.throwsAsync(readHeader(bmp([], { change }), 'bmp'), {
      name: 'DecodingFault',
      message: new RegExp(`^BMP files (of|with) ${message} are not read; convert it to another$`),
    });
  });

test('a text that begins as a BMP file does is none', (t) => {
  t.is(recognizeFormat(Buffer.from('BMW is a maker of cars')), null);
});
