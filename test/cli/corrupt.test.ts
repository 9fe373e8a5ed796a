import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import { writeCorruptedSets } from '../../pipeline/index.js';
import { InputError } from '../../stages/errors.js';
import { writeTextures } from '../images/corruptions/write-textures.js';
import { temporaryFolder } from '../temporary-folder.js';
import { grodin } from './built.js';
import { grodinHere } from './here.js';

const model = fileURLToPath(
  new URL('../../../manifests/micro-benchmark/models/resnet-8-seed-0.onnx', import.meta.url),
);

/** A folder with an image, textures of frost, and a manifest of twelve rows. */
async function place(t: ExecutionContext): Promise<string> {
  const folder = await temporaryFolder(t, {
    'lists/val.csv': `path\n${Array.from({ length: 12 }, (_, at) => `../${at}.png`).join('\n')}\n`,
  });
  const data = Uint8Array.from(
    { length: 300 * 270 * 3 },
    (_, at) => 128 + 90 * Math.sin(at / 400) + (at % 23),
  );
  await sharp(data, { raw: { width: 300, height: 270, channels: 3 } })
    .png()
    .toFile(join(folder, 'a.png'));
  await writeTextures(join(folder, 'ice'));
  return folder;
}

test('preprocess writes corrupted images, the same at each call, and others by another seed', async (t) => {
  const folder = await place(t);
  const pixels = async (command: typeof grodin, ...corrupt: string[]) => {
    const args = ['a.png', '--preprocess', 'imagenet-c', ...corrupt, '--out', 'x.png'];
    const { code, err } = await command(['preprocess', ...args], folder);
    t.is(code, 0, err);
    return sharp(await readFile(join(folder, 'x.png')))
      .raw()
      .toBuffer();
  };
  const frost = ['--corrupt', 'frost:3', '--frost-textures', 'ice'];
  const first = await pixels(grodin, ...frost);
  t.is(first.length, 3 * 224 * 224);
  t.deepEqual(await pixels(grodinHere, ...frost), first);
  t.notDeepEqual(await pixels(grodinHere, ...frost, '--corruption-seed', '1'), first);
});

test('score scores corrupted images, in the order of JSON lines that it always has', async (t) => {
  const folder = await place(t);
  await writeFile(
    join(folder, 'small.json'),
    '{"resize": 32, "crop": 32, "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}',
  );
  const scored = async (...corrupt: string[]) => {
    const args = [model, 'a.png', '--preprocess', 'small.json', ...corrupt, '--json'];
    const { code, out, err } = await grodinHere(['score', ...args], folder);
    t.is(code, 0, err);
    return JSON.parse(out).logOdds;
  };
  const clean = await scored();
  const corrupted = await scored('--corrupt', 'impulse_noise:5');
  t.true(Math.abs(clean - corrupted) > 1e-3);
  t.is(await scored('--corrupt', 'impulse_noise:5'), corrupted);
});

for (const [what, args, message] of [
  [
    'an unknown corruption',
    ['--corrupt', 'glas_blur:5'],
    '--corrupt: unknown corruption "glas_blur"; did you mean "glass_blur"?',
  ],
  [
    'a severity that there is not',
    ['--corrupt', 'fog:6'],
    '--corrupt: found severity "6" of fog; expected an integer from 1 to 5, for example fog:5',
  ],
  [
    'several cells',
    ['--corrupt', 'all'],
    '--corrupt: found "all", which is several; name one at one severity, for example glass_blur:5',
  ],
  [
    'frost without its textures',
    ['--corrupt', 'frost:1'],
    '--corrupt: frost needs photographs of frost, which are not part of grodin; name their folder with --frost-textures',
  ],
  [
    'textures of what has none',
    ['--corrupt', 'fog:1', '--frost-textures', 'ice'],
    '--corrupt: found --frost-textures "ice", but fog takes no textures; drop it',
  ],
  [
    'a seed that is no exact number',
    ['--corrupt', 'fog:1', '--corruption-seed', '9007199254740993'],
    "option '--corruption-seed <n>' argument '9007199254740993' is invalid. Expected an integer from 0 to 9007199254740991; see grodin --help",
  ],
  [
    'a seed of no corruption',
    ['--corruption-seed', '1'],
    '--corruption-seed: is part of a corruption; name it with --corrupt',
  ],
] as const)
  test(`${what} is refused in one line`, async (t) => {
    const folder = await place(t);
    for (const command of [
      ['preprocess', 'a.png', '--preprocess', 'imagenet-c', '--out', 'x.npy'],
      ['score', model, 'a.png'],
    ]) {
      const { code, out, err } = await grodinHere([...command, ...args], folder);
      t.is(code, 2);
      t.is(out, '');
      t.is(err, `grodin: ${message}\n`);
    }
  });

test('manifest corrupted writes a set for each cell, which an experiment in its folder takes', async (t) => {
  const folder = await place(t);
  const args = ['manifest', 'corrupted', 'lists/val.csv', '-o', 'sets', '--validation', '10'];
  const { code, out, err } = await grodinHere(
    [...args, '--corrupt', 'fog,frost:2', '--frost-textures', 'ice', '--corruption-seed', '4'],
    folder,
  );
  t.is(err, '');
  t.is(out, 'sets/sets.json: 6 sets of 12 images\n');
  t.is(code, 0);
  const { outliers, groups } = JSON.parse(await readFile(join(folder, 'sets/sets.json'), 'utf8'));
  t.deepEqual(outliers[0], {
    name: 'val-fog-1',
    manifest: '../lists/val.csv',
    corruption: 'fog',
    severity: 1,
    corrupt: { corruption: 'fog', severity: 1, seed: 4 },
    preprocess: { resize: null },
    validation: 2,
    selectOn: 'fog',
  });
  t.deepEqual(outliers[5].corrupt, { corruption: 'frost', severity: 2, seed: 4, textures: '../ice' });
  t.deepEqual(groups, [{ name: 'fog', sets: [1, 2, 3, 4, 5].map((severity) => `val-fog-${severity}`) }]);
  const all = await grodinHere([...args, '--frost-textures', 'ice', '--json'], folder);
  t.deepEqual(JSON.parse(all.out), { folder: join(folder, 'sets'), sets: 95, images: 12 });
  const { outliers: every } = JSON.parse(await readFile(join(folder, 'sets/sets.json'), 'utf8'));
  t.is(every[0].corrupt, 'gaussian_noise:1');
});

test('images of 32×32 pixels are corrupted in the form of CIFAR-10-C', async (t) => {
  const folder = await place(t);
  await sharp(join(folder, 'a.png')).resize(32, 32, { fit: 'fill' }).png().toFile(join(folder, 'small.png'));
  const form = ['--corruption-form', 'cifar-10-c'];
  const made = (file: string) =>
    grodinHere(
      ['preprocess', file, '--preprocess', 'cifar10', '--corrupt', 'fog:5', ...form, '--out', 'x.png'],
      folder,
    );
  t.is((await made('small.png')).out, 'x.png: uint8 [32, 32, 3]\n');
  t.regex(
    (await made('a.png')).err,
    /^grodin: a\.png: found 300×270 pixels, but the corruptions of cifar-10-c/,
  );
  const { code, err } = await grodinHere(
    [
      'manifest',
      'corrupted',
      'lists/val.csv',
      '-o',
      'sets',
      '--validation',
      '5',
      '--corrupt',
      'fog:5',
      ...form,
    ],
    folder,
  );
  t.is(code, 0, err);
  const { outliers } = JSON.parse(await readFile(join(folder, 'sets/sets.json'), 'utf8'));
  t.deepEqual(outliers, [
    {
      name: 'val-fog-5',
      manifest: '../lists/val.csv',
      corruption: 'fog',
      severity: 5,
      corrupt: { corruption: 'fog', severity: 5, seed: 0, form: 'cifar-10-c' },
      validation: 5,
    },
  ]);
  t.is(
    (await grodinHere(['score', model, 'small.png', ...form], folder)).err,
    'grodin: --corruption-form: is part of a corruption; name it with --corrupt\n',
  );
});

test('sets that no run could score are not written', async (t) => {
  const folder = await place(t);
  const refused = async (args: readonly string[], message: string) => {
    const { code, err } = await grodinHere(
      ['manifest', 'corrupted', 'lists/val.csv', '-o', 'sets', ...args],
      folder,
    );
    t.is(code, 2);
    t.is(err, `grodin: ${message}\n`);
  };
  await refused(
    ['--corrupt', 'snow:3'],
    'lists/val.csv: has 12 rows, but 600 of a set are to tune on; lower it with --validation',
  );
  await refused(
    [],
    '--corrupt: frost needs photographs of frost, which are not part of grodin; name their folder with --frost-textures',
  );
  await refused(['--corrupt', 'fog,fog:2'], '--corrupt: found "fog:2" twice; drop one');
});

test('the library writes the same, and names its own options', async (t) => {
  const folder = await place(t);
  const file = join(folder, 'lists/val.csv');
  const found = await writeCorruptedSets(file, join(folder, 'sets'), {
    corrupt: 'snow:3,fog:1',
    validation: 3,
  });
  t.deepEqual(found, { sets: ['val-snow-3', 'val-fog-1'], images: 12 });
  const refused = (options: object, message: string) =>
    t.throwsAsync(writeCorruptedSets(file, join(folder, 'sets'), options), {
      instanceOf: InputError,
      message,
    });
  await refused(
    { corrupt: 'snw:3' },
    'writeCorruptedSets: corrupt: unknown corruption "snw"; did you mean "snow"?',
  );
  await refused(
    { corrupt: 'all' },
    'writeCorruptedSets: corrupt: frost needs photographs of frost, which are not part of grodin; name their folder with textures',
  );
  await refused(
    { corrupt: 'fog:1', validation: 0 },
    'writeCorruptedSets: validation: found 0; expected an integer of at least 1',
  );
});
