import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { InputError } from '../../stages/errors.js';
import { resolvePreprocess } from '../../workers/images/parse-preprocess.js';
import { valuesFault } from '../../workers/images/preprocess.js';
import { preprocessPresets } from '../../workers/images/presets.js';
import { temporaryFolder } from '../temporary-folder.js';

const fault = (text: string) => new InputError(text);

test('imagenet is the evaluation transform of torchvision', async (t) => {
  t.deepEqual(await resolvePreprocess('imagenet', '/', fault), {
    resize: 256,
    interpolation: 'bilinear',
    crop: 224,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  });
});

test('cifar10 takes images of 32 × 32 whole, and makes others so', async (t) => {
  t.deepEqual(await resolvePreprocess('cifar10', '/', fault), {
    resize: 32,
    interpolation: 'bilinear',
    crop: null,
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.247, 0.2435, 0.2616],
  });
});

test('a file gives its own preprocessing, resize and crop being optional', async (t) => {
  const folder = await temporaryFolder(t, {
    'p.json': '{"mean": [0, 0.5, 1], "std": [1, 0.5, 0.00392], "crop": 28}',
  });
  t.deepEqual(await resolvePreprocess('p.json', folder, fault), {
    resize: null,
    interpolation: 'bilinear',
    crop: 28,
    mean: [0, 0.5, 1],
    std: [1, 0.5, 0.00392],
  });
});

test('a resize may be bicubic', async (t) => {
  const folder = await temporaryFolder(t, {
    'p.json': '{"mean": [0, 0, 0], "std": [1, 1, 1], "resize": 8, "interpolation": "bicubic"}',
  });
  t.is((await resolvePreprocess('p.json', folder, fault)).interpolation, 'bicubic');
});

test('every preset of torchvision is what torchvision evaluates those weights with', async (t) => {
  const file = new URL('../../../test/images/torchvision.json', import.meta.url);
  const transforms: Readonly<Record<string, unknown>> = JSON.parse(await readFile(file, 'utf8'));
  const prefix = 'torchvision/';
  const found = Object.entries(preprocessPresets).filter(([name]) => name.startsWith(prefix));
  t.deepEqual(
    Object.fromEntries(found.map(([name, preset]) => [name.slice(prefix.length), preset])),
    transforms,
  );
});

for (const [how, text, more] of [
  ['of both sides', '"resize": [20, 30], "crop": [10, 12]', { resize: [20, 30], crop: [10, 12] }],
  ['whose equal sides make a square crop', '"resize": [8, 8], "crop": [8, 8]', { resize: [8, 8], crop: 8 }],
  ['that says what is so anyway', '"antialias": true, "truncated": "error"', {}],
  ['that loads truncated files', '"truncated": "load"', { truncated: 'load' }],
] as const)
  test(`preprocessing ${how} is read`, async (t) => {
    const folder = await temporaryFolder(t, { 'p.json': `{"mean": [0.5], "std": [0.25], ${text}}` });
    const plain = { resize: null, interpolation: 'bilinear', crop: null, mean: [0.5], std: [0.25] };
    t.deepEqual<unknown, unknown>(await resolvePreprocess('p.json', folder, fault), { ...plain, ...more });
  });

test('a preset may be changed in what is said beside it', async (t) => {
  const text = '{"preset": "imagenet", "interpolation": "bicubic", "truncated": "load"}';
  const folder = await temporaryFolder(t, { 'p.json': text });
  t.deepEqual<unknown, unknown>(await resolvePreprocess('p.json', folder, fault), {
    ...preprocessPresets['imagenet-bicubic'],
    truncated: 'load',
  });
});

const faults: readonly [behaviour: string, text: string, message: string][] = [
  [
    'a misspelt key is refused with the one that was meant',
    '{"means": [0, 0, 0], "std": [1, 1, 1]}',
    'unknown key "means"; did you mean "mean"? (and 1 more)',
  ],
  [
    'a statistic that is missing is refused rather than guessed',
    '{"mean": [0, 0, 0]}',
    'std: missing; expected three numbers (R, G, B), or one for grey images, each above 0: the standard deviation of pixels in the [0, 1] range',
  ],
  [
    'statistics of the 0 to 255 range are refused',
    '{"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]}',
    'mean[0]: found 123.675; expected three numbers (R, G, B), or one for grey images, each from -1 to 1: the mean of pixels in the [0, 1] range (and 2 more)',
  ],
  [
    'a deviation of 0 is refused',
    '{"mean": [0, 0, 0], "std": [1, 0, 1]}',
    'std[1]: found 0; expected three numbers (R, G, B), or one for grey images, each above 0: the standard deviation of pixels in the [0, 1] range',
  ],
  [
    'an interpolation that there is none of is refused',
    '{"mean": [0, 0, 0], "std": [1, 1, 1], "resize": 8, "interpolation": "area"}',
    'interpolation: found "area"; expected one of nearest, box, bilinear, hamming, bicubic, lanczos',
  ],
  [
    'a resize without antialiasing is refused, and where it could be done is said',
    '{"mean": [0, 0, 0], "std": [1, 1, 1], "resize": 8, "antialias": false}',
    'antialias: found false; expected true: without antialiasing torchvision resizes tensors by another algorithm, of which there is none here; leave it out, or put that resize into the network',
  ],
  [
    'a side alone in a list is refused',
    '{"mean": [0, 0, 0], "std": [1, 1, 1], "resize": [8]}',
    'resize: found [8]; expected an integer of at least 1, or a height and a width, for example [224, 224]',
  ],
  [
    'a side of nothing is refused',
    '{"mean": [0, 0, 0], "std": [1, 1, 1], "crop": [8, 0]}',
    'crop[1]: found 0; expected an integer of at least 1',
  ],
  [
    'statistics of two channels are refused',
    '{"mean": [0, 0], "std": [1, 1, 1]}',
    'mean: found [0,0]; expected three numbers (R, G, B), or one for grey images, each from -1 to 1: the mean of pixels in the [0, 1] range',
  ],
  [
    'a mean of grey images with deviations of others is refused',
    '{"mean": [0.5], "std": [1, 1, 1]}',
    'std: found [1,1,1]; expected as many numbers as mean has',
  ],
  [
    'truncated images may be errors or loaded, nothing else',
    '{"mean": [0.5], "std": [1], "truncated": true}',
    'truncated: found true; expected "error" or "load"',
  ],
  [
    'a preset that there is none of is refused',
    '{"preset": "imagnet"}',
    'preset: found "imagnet"; expected a preset (imagenet, imagenet-232, imagenet-bicubic, imagenet-c, cifar10, cifar100, mnist, torchvision/WEIGHTS)',
  ],
  [
    'a misspelt key beside a preset is refused',
    '{"preset": "imagenet", "truncate": "load"}',
    'unknown key "truncate"; did you mean "truncated"?',
  ],
];

for (const [behaviour, text, message] of faults) {
  test(behaviour, async (t) => {
    const folder = await temporaryFolder(t, { 'p.json': text });
    await t.throwsAsync(resolvePreprocess('p.json', folder, fault), {
      instanceOf: InputError,
      message: `${join(folder, 'p.json')}: ${message}`,
    });
  });
}

test('a name that is neither a preset nor a file is refused with the preset that was meant', async (t) => {
  await t.throwsAsync(resolvePreprocess('imagnet', '/nowhere', fault), {
    instanceOf: InputError,
    message:
      '"imagnet" is neither a preset (imagenet, imagenet-232, imagenet-bicubic, imagenet-c, cifar10, cifar100, mnist, torchvision/WEIGHTS) nor a file (/nowhere/imagnet); did you mean "imagenet"?',
  });
});

test('names that every object has are no presets', async (t) => {
  await t.throwsAsync(resolvePreprocess('constructor', '/nowhere', fault), { instanceOf: InputError });
});

test('a network of bytes gets levels of 255 and nothing else', (t) => {
  const bytes = { channels: 3, takesBytes: true };
  const three = (value: number) => [value, value, value] as const;
  const message =
    'the network takes bytes (uint8), levels of 0 to 255; give 0 for mean, and 0.00392156862745098 (1/255) for std';
  t.is(valuesFault({ mean: three(0), std: three(1 / 255) }, bytes), null);
  t.is(valuesFault({ mean: three(0), std: three(0.003921569) }, bytes), null);
  t.is(valuesFault({ mean: three(0), std: three(1) }, bytes), message);
  t.is(valuesFault(preprocessPresets.imagenet!, bytes), message);
  t.is(valuesFault(preprocessPresets.imagenet!, { channels: 3, takesBytes: false }), null);
});
