import { join } from 'node:path';
import test from 'ava';
import { InputError } from '../../stages/errors.js';
import { resolvePreprocess } from '../../workers/images/parse-preprocess.js';
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

test('cifar10 leaves the size as it is', async (t) => {
  t.deepEqual(await resolvePreprocess('cifar10', '/', fault), {
    resize: null,
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

const faults: readonly [behaviour: string, text: string, message: string][] = [
  [
    'a misspelt key is refused with the one that was meant',
    '{"means": [0, 0, 0], "std": [1, 1, 1]}',
    'unknown key "means"; did you mean "mean"? (and 1 more)',
  ],
  [
    'a statistic that is missing is refused rather than guessed',
    '{"mean": [0, 0, 0]}',
    'std: missing; expected three numbers (R, G, B), each above 0: the standard deviation of pixels in the [0, 1] range',
  ],
  [
    'statistics of the 0 to 255 range are refused',
    '{"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]}',
    'mean[0]: found 123.675; expected three numbers (R, G, B), each from -1 to 1: the mean of pixels in the [0, 1] range (and 2 more)',
  ],
  [
    'a deviation of 0 is refused',
    '{"mean": [0, 0, 0], "std": [1, 0, 1]}',
    'std[1]: found 0; expected three numbers (R, G, B), each above 0: the standard deviation of pixels in the [0, 1] range',
  ],
  [
    'an interpolation that there is none of is refused',
    '{"mean": [0, 0, 0], "std": [1, 1, 1], "resize": 8, "interpolation": "lanczos"}',
    'interpolation: found "lanczos"; expected "bilinear" or "bicubic"',
  ],
  [
    'a crop larger than the resized image is refused',
    '{"mean": [0, 0, 0], "std": [1, 1, 1], "resize": 200, "crop": 224}',
    'crop: found 224; expected a crop that is no larger than resize',
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
      '"imagnet" is neither a preset (imagenet, cifar10) nor a file (/nowhere/imagnet); did you mean "imagenet"?',
  });
});

test('names that every object has are no presets', async (t) => {
  await t.throwsAsync(resolvePreprocess('constructor', '/nowhere', fault), { instanceOf: InputError });
});
