import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { runFile } from './command.js';
import { smallExperiment, writeExperiment } from './small-experiment.js';

async function flatPng(side: number): Promise<Buffer> {
  return sharp({ create: { width: side, height: side, channels: 3, background: '#345678' } })
    .png()
    .toBuffer();
}

test('images are decoded within --memory: large ones a few at a time, what can not fit becomes an error row', async (t) => {
  const folder = await smallExperiment(t, {
    images: 12,
    batchSize: null,
    maxBadFraction: 0.5,
    models: [
      {
        name: 'net',
        file: 'net.onnx',
        preprocess: { resize: 24, crop: 24, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
      },
    ],
  });
  // 432 MB decoded, 427 KB on disk; and 27 MB decoded.
  await writeFile(join(folder, 'clean/0.png'), await flatPng(12_000));
  await writeFile(join(folder, 'clean/1.png'), await flatPng(3_000));
  for (let image = 2; image < 12; image += 1) {
    const like = image % 3 === 0 ? '0.png' : '1.png';
    await copyFile(join(folder, 'clean', like), join(folder, `clean/${image}.png`));
  }
  const { code, err, out } = await runFile(
    folder,
    'experiment.json',
    'out',
    ...['--memory', '460MB', '--workers', '2', '--json'],
  );
  t.is(code, 0, err);
  t.regex(
    err,
    /memory: decoding may take \d+ MB in each worker, enough for JPEG and PNG images of up to about \d+ million pixels and for fewer of other formats; larger ones count as bad images\n/,
  );
  const { memory } = JSON.parse(out);
  t.log(`${memory.peakBytes} bytes at the peak`);
  t.true(memory.peakBytes <= 460e6);
});

test('an image of more pixels than the experiment allows is an error row, and a higher limit goes on with the same shards', async (t) => {
  const folder = await smallExperiment(t, { maxPixels: 24 * 24 });
  const large = join(folder, 'noisy/3.png');
  const small = await readFile(large);
  await writeFile(large, await flatPng(25));
  const failed = await runFile(folder, 'experiment.json', 'out');
  t.is(failed.code, 1);
  t.regex(
    failed.err,
    /3\.png: 25×25 are 625 pixels, but at most 576 are decoded; allow more with maxPixels \(--max-pixels of grodin score\), or /,
  );
  await writeFile(large, small);
  await writeExperiment(folder, { maxPixels: 625 });
  const { code, err } = await runFile(folder, 'experiment.json', 'out', '--retry-errors');
  t.is(code, 0, err);
});
