import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import sharp from 'sharp';
import { temporaryFolder } from '../temporary-folder.js';
import { grodin } from './built.js';
import { grodinHere } from './here.js';

const images = fileURLToPath(new URL('../../../test/images/', import.meta.url));

/** What numpy.save writes of torchvision's tensors; made by scripts/golden/image_inputs.py. */
const right: { readonly images: readonly string[]; readonly sha256: Readonly<Record<string, string>> } =
  JSON.parse(await readFile(join(images, 'inputs.json'), 'utf8'));

for (const [preset, sha256] of Object.entries(right.sha256))
  test(`${preset} gives, byte for byte, the file that numpy.save writes of torchvision's tensors`, async (t) => {
    const folder = await temporaryFolder(t);
    const paths = right.images.map((name) => join(images, 'golden', name));
    const out = join(folder, 'inputs.npy');
    const ended = await grodinHere(['preprocess', ...paths, '--preprocess', preset, '--out', out], folder);
    t.is(ended.err, '');
    t.is(ended.code, 0);
    t.regex(ended.out, /inputs\.npy: float32 \[3, [13], \d+, \d+\]\n$/);
    t.is(
      createHash('sha256')
        .update(await readFile(out))
        .digest('hex'),
      sha256,
    );
  });

test('a PNG file has the pixels before they are normalised, of images inside other files too', async (t) => {
  const folder = await temporaryFolder(t);
  const pixels = Buffer.from(Array.from({ length: 12 }, (_, at) => 20 * at));
  const png = await sharp(pixels, { raw: { width: 2, height: 2, channels: 3 } })
    .png()
    .toBuffer();
  await writeFile(join(folder, 'val.tar'), Buffer.concat([Buffer.alloc(7), png, Buffer.alloc(9)]));
  const path = `val.tar#7+${png.length}`;
  const args = (preset: string) => [
    'preprocess',
    path,
    '--preprocess',
    preset,
    '--out',
    'seen.png',
    '--json',
  ];
  await writeFile(join(folder, 'plain.json'), '{"mean": [0.5, 0.5, 0.5], "std": [0.1, 0.1, 0.1]}');
  t.deepEqual(JSON.parse((await grodinHere(args('plain.json'), folder)).out), {
    out: 'seen.png',
    shape: [2, 2, 3],
  });
  t.deepEqual(await sharp(join(folder, 'seen.png')).raw().toBuffer(), pixels);

  await writeFile(join(folder, 'grey.json'), '{"mean": [0.5], "std": [0.1]}');
  t.deepEqual(JSON.parse((await grodinHere(args('grey.json'), folder)).out).shape, [2, 2, 1]);
  const { data, info } = await sharp(join(folder, 'seen.png'))
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  t.is(info.channels, 1);
  // (19595 R + 38470 G + 7471 B + 2¹⁵) >> 16
  t.deepEqual([...data], [16, 76, 136, 196]);
});

test('nothing is written where an image fails, and every one that does is named', async (t) => {
  const folder = await temporaryFolder(t);
  for (const [name, width] of [
    ['a.png', 4],
    ['b.png', 6],
  ] as const)
    await sharp({ create: { width, height: 4, channels: 3, background: '#123' } })
      .png()
      .toFile(join(folder, name));
  const paths = ['a.png', 'none.png', 'b.png'];
  await writeFile(join(folder, 'plain.json'), '{"mean": [0, 0, 0], "std": [1, 1, 1]}');
  const args = ['preprocess', ...paths, '--preprocess', 'plain.json', '--out', 'x.npy'];
  const { code, out, err } = await grodin(args, folder);
  t.is(code, 2);
  t.is(out, '');
  t.deepEqual(err.split('\n'), [
    'grodin: none.png: no such image file; check the path',
    'grodin: b.png: becomes 6×4 pixels, but a.png becomes 4×4: images of one network have one size; set crop, or resize to [height, width], in the preprocessing',
    'grodin: 2 of 3 images could not be preprocessed; nothing was written',
    '',
  ]);
  t.deepEqual((await readdir(folder)).sort(), ['a.png', 'b.png', 'plain.json']);
  const sized = await grodin([...args, '--size', '4x6'], folder);
  t.regex(sized.err, /a\.png: found 4×4 pixels, but the network takes 6×4/);
});

for (const [how, args, message] of [
  ['another kind of file', ['a.png', '--out', 'x.jpg'], 'x.jpg: expected a name that ends in .npy or .png'],
  [
    'several images in one PNG file',
    ['a.png', 'b.png', '--out', 'x.png'],
    'x.png: a PNG file holds one image, and there are 2; name a .npy file',
  ],
] as const)
  test(`${how} is refused`, async (t) => {
    const folder = await temporaryFolder(t);
    const { code, err } = await grodinHere(['preprocess', ...args, '--preprocess', 'imagenet'], folder);
    t.is(code, 2);
    t.is(err, `grodin: ${message}\n`);
  });
