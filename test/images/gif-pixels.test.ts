import { readdir, readFile } from 'node:fs/promises';
import test from 'ava';
import sharp from 'sharp';
import { decodeRgb, readHeader } from '../../workers/images/decode.js';
import { firstGifFrame } from '../../workers/images/gif-frame.js';
import { countGifPixels } from '../../workers/images/gif-pixels.js';

const folder = new URL('../../../test/images/golden/', import.meta.url);

test('the codes of a whole GIF file stand for as many pixels as its frame has', async (t) => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.gif'));
  t.true(names.length > 10);
  for (const name of names) {
    const frame = firstGifFrame(await readFile(new URL(name, folder)));
    t.is(countGifPixels(frame!.data, 1e9), frame!.window.width * frame!.window.height, name);
  }
});

test('codes of all widths are counted, and tables that are full', async (t) => {
  for (const side of [1, 2, 50, 400]) {
    for (const colours of [2, 5, 256]) {
      const noise = Uint8Array.from(
        { length: side * side * 3 },
        (_, i) => Math.imul(i + side, 2654435761) >>> 24,
      );
      const raw = { width: side, height: side, channels: 3 } as const;
      const file = await sharp(noise, { raw }).gif({ colours, effort: 1, dither: 0 }).toBuffer();
      t.is(countGifPixels(firstGifFrame(file)!.data, 1e9), side * side, `${side}, ${colours}`);
    }
  }
});

test('a GIF file whose codes end early is truncated, however well it is put together', async (t) => {
  const file = await readFile(new URL('local-palette.gif', folder));
  // Behind the screen, 16 colours and the transparent one. A row more than there are codes for.
  const image = 13 + 48 + 8;
  t.is(file[image], 0x2c);
  file.writeUInt16LE(file.readUInt16LE(image + 7) + 1, image + 7);
  const header = await readHeader(file, 'gif');
  await t.throwsAsync(decodeRgb(header), {
    message: 'the image is truncated: its codes end before its pixels do; restore it from its source',
  });
});
