import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { ModelError } from '../../stages/errors.js';
import { imagesByThreads } from '../../workers/images/decoding-threads.js';
import { imageFiles } from '../../workers/images/image-file.js';
import { preprocessPresets } from '../../workers/images/presets.js';
import { DEFAULT_MAX_PIXELS, ImageError } from '../../workers/images/source.js';
import { SystemFault } from '../../workers/images/system-fault.js';
import { temporaryFolder } from '../temporary-folder.js';

const preprocess = preprocessPresets.imagenet!;
const shape = { channels: 3, height: 224, width: 224 };

test('images that threads decode are those that one decodes, whatever is wrong with them', async (t) => {
  const folder = await temporaryFolder(t);
  const file = (name: string) => join(folder, name);
  const photographs = await Promise.all(
    Array.from({ length: 9 }, async (_, index) => {
      const [width, height] = [240 + 31 * index, 300 - 7 * index];
      const pixels = Buffer.from(
        Array.from({ length: 3 * width * height }, (_, at) => (at * (index + 3)) % 251),
      );
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        .jpeg()
        .toFile(file(`${index}.jpg`));
      return file(`${index}.jpg`);
    }),
  );
  await writeFile(file('text.jpg'), 'no image');
  await mkdir(file('folder.jpg'));
  const threads = imagesByThreads(3, 64, { maxPixels: DEFAULT_MAX_PIXELS });
  const alone = imageFiles();
  await Promise.all(
    photographs.map(async (path) => {
      t.deepEqual(
        await threads.read(path, preprocess, shape),
        await alone.read(path, preprocess, shape),
        path,
      );
    }),
  );
  const [first = ''] = photographs;
  const { data } = await alone.read(first, preprocess, shape);
  const shared = new Float32Array(new SharedArrayBuffer(3 * data.byteLength)).fill(7);
  const into = shared.subarray(data.length, 2 * data.length);
  t.is((await threads.read(first, preprocess, shape, { into })).data, into);
  t.deepEqual(new Float32Array(into), data);
  t.deepEqual(
    [shared.at(data.length - 1), shared.at(2 * data.length)],
    [7, 7],
    'what lies beside it stays as it was',
  );
  for (const name of ['text.jpg', 'folder.jpg', 'none.jpg']) {
    const [expected, found] = await Promise.all(
      [alone, threads].map((source) => t.throwsAsync(source.read(file(name), preprocess, shape))),
    );
    t.is(found?.message, expected?.message);
    t.is(found?.name, expected?.name);
  }
  const text = await t.throwsAsync<ImageError>(threads.read(file('text.jpg'), preprocess, shape), {
    instanceOf: ImageError,
  });
  t.regex(String(text?.sha256), /^[0-9a-f]{64}$/);
  await t.throwsAsync(threads.read(file('none.jpg'), preprocess, shape, { isKnown: true }), {
    instanceOf: SystemFault,
  });
  await t.throwsAsync(threads.read(file('0.jpg'), preprocess, { ...shape, channels: 1 }), {
    instanceOf: ModelError,
  });
});
