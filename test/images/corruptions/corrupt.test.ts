import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import type { CorruptionSetting } from '../../../manifests/imagenet/corruptions.js';
import { sceneOf } from '../../../scripts/corruptions/formula.js';
import { drawsFor } from '../../../workers/images/corruptions/draws.js';
import { gaussianNoise } from '../../../workers/images/corruptions/gaussian-noise.js';
import { throughJpeg } from '../../../workers/images/corruptions/jpeg.js';
import { imagesByThreads } from '../../../workers/images/decoding-threads.js';
import { imageFiles } from '../../../workers/images/image-file.js';
import { pixelReader } from '../../../workers/images/image-pixels.js';
import { preprocessPresets } from '../../../workers/images/presets.js';
import { ImageError } from '../../../workers/images/source.js';
import { temporaryFolder } from '../../temporary-folder.js';

const imagenet = preprocessPresets.imagenet!;
const cropped = preprocessPresets['imagenet-c']!;
const setting: CorruptionSetting = { corruption: 'gaussian_noise', severity: 3, seed: 0 };
const shape = { channels: 3, height: 224, width: 224 };

async function photograph(t: ExecutionContext): Promise<string> {
  const path = join(await temporaryFolder(t), 'a.png');
  const data = Uint8Array.from(
    { length: 300 * 270 * 3 },
    (_, at) => 128 + 90 * Math.sin(at / 400) + (at % 23),
  );
  await sharp(data, { raw: { width: 300, height: 270, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}

test('an image is resized and cropped, corrupted by draws of its id, stored as JPEG, and then preprocessed', async (t) => {
  const path = await photograph(t);
  const read = pixelReader();
  const clean = await read(path, imagenet, null);
  const draws = drawsFor({ ...setting, id: 'x/a.png' });
  const noisy = await throughJpeg(
    await gaussianNoise.apply(clean.pixels, { form: 'imagenet-c', severity: 3 }, { draws, textures: [] }),
    85,
  );
  const seen = await read(path, cropped, shape, { corrupt: { setting, id: 'x/a.png' } });
  t.deepEqual(Buffer.from(seen.pixels.data), Buffer.from(noisy.data));
  t.is(seen.sha256, clean.sha256, 'an image is known by the bytes of its file');
  const others = [
    { setting, id: 'x/b.png' },
    { setting: { ...setting, seed: 1 }, id: 'x/a.png' },
    { setting: { ...setting, severity: 2 as const }, id: 'x/a.png' },
  ];
  for (const corrupt of others) {
    const other = await read(path, cropped, shape, { corrupt });
    t.notDeepEqual(Buffer.from(other.pixels.data), Buffer.from(noisy.data));
  }
});

test('other steps of preprocessing come after it, and networks of one channel see its grey levels', async (t) => {
  const path = await photograph(t);
  const read = pixelReader();
  const corrupt = { setting: { ...setting, corruption: 'contrast' }, id: 'a' };
  const small = await read(path, { ...cropped, resize: 32, crop: null }, null, { corrupt });
  t.deepEqual([small.pixels.width, small.pixels.height], [32, 32]);
  const grey = await read(
    path,
    { ...cropped, mean: [0.5], std: [0.5] },
    { ...shape, channels: 1 },
    { corrupt },
  );
  t.true(grey.pixels.data.every((level, at) => level === grey.pixels.data[at - (at % 3)]));
  await t.throwsAsync(
    read(path, { ...cropped, crop: null }, { ...shape, height: 32, width: 32 }, { corrupt }),
    {
      instanceOf: ImageError,
      message: `${path}: found 224×224 pixels, but the network takes 32×32; set resize and crop in the preprocessing`,
    },
  );
});

test('images of 32×32 pixels are corrupted as they are in the form of CIFAR-10-C, and others are image errors', async (t) => {
  const folder = await temporaryFolder(t);
  const [small, large] = [join(folder, 'small.png'), join(folder, 'large.png')];
  const { data } = sceneOf('cifar-10-c');
  const raw = { raw: { width: 32, height: 32, channels: 3 } } as const;
  await sharp(data, raw).png().toFile(small);
  await sharp(data, raw).resize(32, 33, { fit: 'fill' }).png().toFile(large);
  const corrupt = { setting: { ...setting, form: 'cifar-10-c' as const }, id: 'a' };
  const plain = { ...cropped, crop: null };
  const read = pixelReader();
  const seen = await read(small, plain, { ...shape, height: 32, width: 32 }, { corrupt });
  const noisy = await gaussianNoise.apply(
    sceneOf('cifar-10-c'),
    { form: 'cifar-10-c', severity: 3 },
    { draws: drawsFor({ ...setting, id: 'a' }), textures: [] },
  );
  t.deepEqual(Buffer.from(seen.pixels.data), Buffer.from(noisy.data));
  await t.throwsAsync(read(large, plain, null, { corrupt }), {
    instanceOf: ImageError,
    message:
      `${large}: found 32×33 pixels, but the corruptions of cifar-10-c are for 32×32; corrupt it in the form imagenet-c, or ` +
      'make it 32×32 first',
  });
});

test('threads that decode corrupt as the one that asks does', async (t) => {
  const path = await photograph(t);
  const corrupt = { setting, id: 'x/a.png' };
  const own = await imageFiles().read(path, cropped, shape, { corrupt });
  const other = await imagesByThreads(2, 8, { maxPixels: 1e6 }).read(path, cropped, shape, { corrupt });
  t.deepEqual(other, own);
});
