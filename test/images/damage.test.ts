import { readFile } from 'node:fs/promises';
import test from 'ava';
import type { ImageFormat } from '../../manifests/image-formats.js';
import { damageText } from '../../workers/images/damage.js';
import { DecodingFault, readHeader } from '../../workers/images/decode.js';
import { recognizeFormat } from '../../workers/images/image-format.js';

const golden = (name: string) => readFile(new URL(`../../../test/images/golden/${name}`, import.meta.url));

const truncated = 'the image is truncated: the file ends before the image does; restore it from its source';
const damaged = 'the image is damaged; restore it from its source';

const files: readonly (readonly [ImageFormat, string])[] = [
  ['jpeg', 'rgb-420.jpg'],
  ['png', 'rgb.png'],
  ['gif', 'palette.gif'],
  ['webp', 'lossy.webp'],
  ['tiff', 'lzw.tif'],
];

for (const [format, name] of files) {
  test(`a ${format} file that is cut anywhere behind its head is told to be truncated, and a whole one is not`, async (t) => {
    const file = await golden(name);
    t.is(damageText(file, format), damaged);
    for (let length = 20; length < file.length; length++)
      t.is(damageText(file.subarray(0, length), format), truncated, `${length} of ${file.length} bytes`);
  });
}

test('a thumbnail in the head of a JPEG file is not taken for its image', async (t) => {
  const file = await golden('rgb-420.jpg');
  const segment = Buffer.concat([
    Buffer.from([0xff, 0xe1, (file.length + 2) >> 8, (file.length + 2) & 255]),
    file,
  ]);
  const whole = Buffer.concat([file.subarray(0, 2), segment, file.subarray(2)]);
  t.is(damageText(whole, 'jpeg'), damaged);
  t.is(damageText(whole.subarray(0, -20), 'jpeg'), truncated);
});

test('codings that no decoder here reads are named', async (t) => {
  const jpeg = await golden('rgb-420.jpg');
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  const withFrame = (at: number, value: number): Buffer => {
    const copy = Buffer.from(jpeg);
    copy[frame + at] = value;
    return copy;
  };
  t.is(damageText(withFrame(1, 0xc3), 'jpeg'), 'lossless JPEG is not read; convert it to another');
  t.is(
    damageText(withFrame(1, 0xc9), 'jpeg'),
    'JPEG with arithmetic coding is not read; convert it to another',
  );
  t.is(damageText(withFrame(4, 12), 'jpeg'), 'JPEG of 12 bits a sample is not read; convert it to another');
  const tiff = await golden('rgb-16.tif');
  const entry = tiff.indexOf(Buffer.from([3, 1, 3, 0]));
  tiff.writeUInt16LE(34712, entry + 8);
  t.is(damageText(tiff, 'tiff'), 'TIFF of compression 34712 is not read; convert it to another');
});

test('TIFF files in colours or samples that are not read are named before a pixel is decoded', async (t) => {
  const withTag = async (tag: number, value: number): Promise<Buffer> => {
    const tiff = await golden('lzw.tif');
    const header = Buffer.from([tag & 255, tag >> 8, 3, 0, 1, 0, 0, 0]);
    const entry = tiff.indexOf(header);
    t.true(entry > 0);
    tiff.writeUInt16LE(value, entry + 8);
    return tiff;
  };
  const said = async (tag: number, value: number) =>
    (await t.throwsAsync(readHeader(await withTag(tag, value), 'tiff'), { instanceOf: DecodingFault }))
      .message;
  t.is(await said(262, 8), 'TIFF in CIELAB colours is not read; convert it to RGB of 8 bits a sample');
  // Its Y, Cb and Cr would be taken for R, G and B.
  t.is(
    await said(262, 6),
    'TIFF in YCbCr colours is not read unless it is compressed as JPEG; convert it to RGB of 8 bits a sample',
  );
  t.is(await said(262, 32845), 'TIFF in LogLuv colours is not read; convert it to RGB of 8 bits a sample');
  await t.notThrowsAsync(readHeader(await withTag(262, 2), 'tiff'));
});

test('an error of a file that ends early says what loading was for, where it was asked for', async (t) => {
  const gif = await golden('animated.gif');
  t.is(
    damageText(gif.subarray(0, 40), 'gif', 'load'),
    'the image is truncated: the file ends before the image does, and truncated: "load" loads JPEG, PNG and BMP files alone; restore it from its source',
  );
  const jpeg = await golden('rgb-420.jpg');
  t.is(
    damageText(jpeg.subarray(0, 40), 'jpeg', 'load'),
    'the image is truncated: the file ends before the image does, and there is too little of it to load (truncated: "load"); restore it from its source',
  );
  t.is(damageText(jpeg.subarray(0, 40), 'jpeg', 'error'), truncated);
});

test('a format is told by content, and what is not read by its name', (t) => {
  const begins = (bytes: string) => recognizeFormat(Buffer.from(bytes, 'latin1'));
  t.deepEqual(begins('\xff\xd8\xff\xe0'), { read: true, format: 'jpeg' });
  t.deepEqual(begins('MM\0*\0\0\0\x08'), { read: true, format: 'tiff' });
  t.deepEqual(begins('\0\0\0\x1cftypavif'), { read: true, format: 'heif' });
  t.deepEqual(begins(`BM${'\x36'.repeat(12)}\x28\0\0\0`), { read: true, format: 'bmp' });
  t.deepEqual(begins('\0\0\0\x18ftypheic'), { read: false, name: 'HEIC' });
  t.deepEqual(begins('version https://git-lfs.github.com/spec/v1'), { read: false, name: 'Git LFS pointer' });
  t.is(begins('nothing that is known'), null);
  t.is(begins(''), null);
});
