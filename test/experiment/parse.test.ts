import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readExperimentFile } from '../../pipeline/experiment/parse.js';
import { InputError } from '../../stages/errors.js';
import { temporaryFolder } from '../temporary-folder.js';

const detectors = ['MSP', 'ODIN', 'ML', 'G', 'SG'];

const small = {
  models: [{ name: 'resnet', file: 'models/resnet.onnx', preprocess: 'imagenet' }],
  inDomain: { name: 'val', manifest: 'val.csv', validation: 30 },
  outliers: [{ name: 'O', manifest: 'o.csv', validation: 6 }],
};

/** A folder with the files that `small` names and an experiment file. */
async function experimentFile(t: ExecutionContext, content: unknown): Promise<string> {
  const folder = await temporaryFolder(t, { 'models/resnet.onnx': 'x', 'val.csv': 'x', 'o.csv': 'x' });
  const file = join(folder, 'small.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('lists that are empty are as if they were left out', async (t) => {
  const empty = { validationSets: [], covariateShifted: [], groups: [], ensembles: [] };
  const [a, b] = [await experimentFile(t, small), await experimentFile(t, { ...small, ...empty })];
  const named = async (file: string) =>
    JSON.stringify(await readExperimentFile(file, detectors)).replaceAll(join(file, '..'), '');
  t.is(await named(b), await named(a));
});

test('what a file leaves out is filled in with the protocol of the paper, and paths become absolute', async (t) => {
  const file = await experimentFile(t, small);
  const folder = join(file, '..');
  t.deepEqual(await readExperimentFile(file, detectors), {
    name: 'small',
    models: [
      {
        name: 'resnet',
        file: join(folder, 'models/resnet.onnx'),
        preprocess: {
          resize: 256,
          interpolation: 'bilinear',
          crop: 224,
          mean: [0.485, 0.456, 0.406],
          std: [0.229, 0.224, 0.225],
        },
        parameters: ['*'],
        tie: [],
        untie: [],
      },
    ],
    inDomain: { name: 'val', manifest: join(folder, 'val.csv'), validation: 30, test: null },
    outliers: [{ name: 'O', manifest: join(folder, 'o.csv'), validation: 6, test: null }],
    detectors: ['MSP', 'ODIN', 'ML', 'G', 'SG'],
    grid: {
      epsilon: [
        0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001, 0.0012, 0.0014, 0.0016, 0.0018, 0.002, 0.0022, 0.0024,
        0.0026, 0.0028, 0.003, 0.0032, 0.0034, 0.0036, 0.0038, 0.004,
      ],
      temperature: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    },
    perturbation: { space: 'pixel' },
    layerNorms: false,
    logits: true,
    seed: 0,
    resamplings: { deviation: 100, interval: 2000 },
    batchSize: null,
    memory: null,
    maxPixels: 178_956_970,
    device: 'cpu',
    workers: null,
    shardSeconds: 60,
    maxBadFraction: 0.01,
  });
});

test('what a file says is kept, the grid being sorted', async (t) => {
  const file = await experimentFile(t, {
    ...small,
    name: 'mine',
    models: [{ ...small.models[0], parameters: ['layer4.*', 'role:weight'], tie: ['a*'], untie: ['b'] }],
    outliers: [{ ...small.outliers[0], test: 14 }],
    detectors: ['SG', 'G'],
    grid: { epsilon: [0.002, 0], temperature: [10, 1.5] },
    perturbation: { space: 'normalized' },
    seed: 7,
    resamplings: { interval: 50 },
    batchSize: 4,
    memory: '1.5 GB',
    maxPixels: 1_000_000,
    shardSeconds: 0.5,
    maxBadFraction: 0,
  });
  const experiment = await readExperimentFile(file, detectors);
  t.is(experiment.name, 'mine');
  t.deepEqual(experiment.models[0]?.parameters, ['layer4.*', 'role:weight']);
  t.deepEqual(experiment.models[0]?.tie, ['a*']);
  t.deepEqual(experiment.models[0]?.untie, ['b']);
  t.is(experiment.outliers[0]?.test, 14);
  t.deepEqual(experiment.detectors, ['SG', 'G']);
  t.deepEqual(experiment.grid, { epsilon: [0, 0.002], temperature: [1.5, 10] });
  t.is(experiment.perturbation.space, 'normalized');
  t.is(experiment.seed, 7);
  t.deepEqual(experiment.resamplings, { deviation: 100, interval: 50 });
  t.is(experiment.batchSize, 4);
  t.is(experiment.memory, 1.5e9);
  t.is(experiment.shardSeconds, 0.5);
  t.is(experiment.maxBadFraction, 0);
});

test('perturbation sizes may be given as evenly spaced', async (t) => {
  const file = await experimentFile(t, { ...small, grid: { epsilon: { from: 0, to: 0.001, points: 3 } } });
  t.deepEqual((await readExperimentFile(file, detectors)).grid.epsilon, [0, 0.0005, 0.001]);
});

test('preprocessing may be an object, or a file beside the experiment', async (t) => {
  const written = { resize: null, crop: 8, mean: [0, 0, 0], std: [1, 1, 1] };
  const file = await experimentFile(t, {
    ...small,
    models: [
      { ...small.models[0], preprocess: written },
      { ...small.models[0], name: 'second', preprocess: 'p.json' },
    ],
  });
  await writeFile(join(file, '../p.json'), JSON.stringify(written));
  const { models } = await readExperimentFile(file, detectors);
  t.deepEqual(models[0]?.preprocess, models[1]?.preprocess);
  t.is(models[0]?.preprocess.crop, 8);
});

const model = small.models[0];
const outlier = small.outliers[0];

const faults: readonly [behaviour: string, content: unknown, message: string][] = [
  [
    'a misspelt key is refused with the one that was meant',
    { ...small, shardSecond: 3 },
    ': unknown key "shardSecond"; did you mean "shardSeconds"?',
  ],
  [
    'a misspelt key that makes a needed one missing is the one that is told of',
    { ...small, models: undefined, modles: small.models },
    ': unknown key "modles"; did you mean "models"? (and 1 more)',
  ],
  [
    'a misspelt key inside a list is refused with its path',
    { ...small, models: [{ ...model, parameter: ['*'] }] },
    ': models[0]: unknown key "parameter"; did you mean "parameters"?',
  ],
  [
    'a misspelt key inside evenly spaced perturbations is refused',
    { ...small, grid: { epsilon: { from: 0, to: 1, point: 3 } } },
    ': grid.epsilon: unknown key "point"; did you mean "points"? (and 1 more)',
  ],
  [
    'a misspelt key inside preprocessing is refused',
    { ...small, models: [{ ...model, preprocess: { mean: [0, 0, 0], std: [1, 1, 1], rezise: 3 } }] },
    ': models[0].preprocess: unknown key "rezise"; did you mean "resize"?',
  ],
  [
    'a key that resembles none is refused with the keys there are',
    { ...small, inDomain: { ...small.inDomain, colour: 3 } },
    ': inDomain: unknown key "colour"; the keys here are name, manifest, corrupt, preprocess, validation, test, ownClasses, selectOn, corruption, severity, published',
  ],
  [
    'a file without models is refused',
    { ...small, models: undefined },
    ': models: missing; expected a list of models with at least one item',
  ],
  [
    'an empty list of models is refused',
    { ...small, models: [] },
    ': models: found []; expected a list of models with at least one item',
  ],
  [
    'an empty list of outlier sets is refused',
    { ...small, outliers: [] },
    ': outliers: found []; expected a list of sets with at least one item',
  ],
  [
    'an empty grid is refused',
    { ...small, grid: { temperature: [] } },
    ': grid.temperature: found []; expected a list of temperatures with at least one item',
  ],
  [
    'a temperature that is 0 in single precision is refused',
    { ...small, grid: { temperature: [1, 1e-60] } },
    ': grid.temperature[1]: found 1e-60; expected a temperature that single precision can hold',
  ],
  [
    'more cells than anybody waits for are refused',
    {
      ...small,
      grid: { epsilon: { from: 0, to: 1, points: 10_000 }, temperature: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
    },
    ': grid: found 10000 perturbation sizes and 11 temperatures, which make 110000 cells; expected at most 100000',
  ],
  [
    'a name that a terminal would obey is refused',
    { ...small, outliers: [{ ...outlier, name: '\u001b[2J' }] },
    ': outliers[0].name: found "\\u001b[2J"; expected a name of up to 100 letters, digits and . _ + - that can be part of a file name',
  ],
  [
    'a temperature of 0 is refused',
    { ...small, grid: { temperature: [1, 0] } },
    ': grid.temperature[1]: found 0; expected a temperature above 0',
  ],
  [
    'a negative perturbation is refused',
    { ...small, grid: { epsilon: [0, -0.001] } },
    ': grid.epsilon[1]: found -0.001; expected a perturbation size of at least 0',
  ],
  [
    'perturbations that run backwards are refused',
    { ...small, grid: { epsilon: { from: 1, to: 0, points: 3 } } },
    ': grid.epsilon.to: found 0; expected to be no smaller than from',
  ],
  [
    'a temperature that stands twice is refused',
    { ...small, grid: { temperature: [1, 2, 1] } },
    ': grid.temperature: found 1 twice; drop one',
  ],
  [
    'an unknown detector is refused with the one that was meant',
    { ...small, detectors: ['MSP', 'odin'] },
    ': detectors[1]: unknown detector "odin"; did you mean "ODIN"?',
  ],
  [
    'a detector that resembles none is refused with those there are',
    { ...small, detectors: ['Mahalanobis'] },
    ': detectors[0]: unknown detector "Mahalanobis"; the detectors are MSP, ODIN, ML, G, SG',
  ],
  [
    'a detector that stands twice is refused',
    { ...small, detectors: ['G', 'G'] },
    ': detectors[1]: found "G" twice; drop one',
  ],
  [
    'two models of one name are refused, in whatever case',
    { ...small, models: [model, { ...model, name: 'ResNet' }] },
    ': models[1].name: found "ResNet", the name of another model; rename one',
  ],
  [
    'an outlier set with the name of the in-domain set is refused',
    { ...small, outliers: [{ ...outlier, name: 'val' }] },
    ': outliers[0].name: found "val", the name of another set; rename one',
  ],
  [
    'a name that can be no part of a file name is refused',
    { ...small, outliers: [{ ...outlier, name: 'blur/5' }] },
    ': outliers[0].name: found "blur/5"; expected a name of up to 100 letters, digits and . _ + - that can be part of a file name',
  ],
  [
    'a name that leads out of its folder is refused',
    { ...small, outliers: [{ ...outlier, name: '..' }] },
    ': outliers[0].name: found ".."; expected a name of up to 100 letters, digits and . _ + - that can be part of a file name',
  ],
  [
    'a missing model is refused with where it was looked for',
    { ...small, models: [{ ...model, file: 'none.onnx' }] },
    ': models[0].file: found "none.onnx", but there is no file FOLDER/none.onnx; give a path relative to the experiment file',
  ],
  [
    'a missing manifest is refused with where it was looked for',
    { ...small, inDomain: { ...small.inDomain, manifest: 'none.csv' } },
    ': inDomain.manifest: found "none.csv", but there is no file FOLDER/none.csv; give a path relative to the experiment file',
  ],
  [
    'a misspelt preset is refused with the one that was meant',
    { ...small, models: [{ ...model, preprocess: 'cifar' }] },
    ': models[0].preprocess: "cifar" is neither a preset (imagenet, imagenet-232, imagenet-bicubic, imagenet-c, cifar10, cifar100, mnist, torchvision/WEIGHTS) nor a file (FOLDER/cifar); did you mean "cifar10"?',
  ],
  [
    'a model without preprocessing is refused',
    { ...small, models: [{ name: 'resnet', file: 'models/resnet.onnx' }] },
    ': models[0].preprocess: missing; expected a preset, the path of a JSON file, or an object with resize, interpolation, crop, mean, std',
  ],
  [
    'a batch of 0 images is refused',
    { ...small, batchSize: 0 },
    ': batchSize: found 0; expected an integer from 1 to 65536',
  ],
  [
    'a memory that is no size is refused',
    { ...small, memory: 'much' },
    ': memory: found "much"; expected a size such as "4GB"',
  ],
  [
    'a memory without quotes is refused',
    { ...small, memory: 4 },
    ': memory: found 4; expected a size such as "4GB"',
  ],
  [
    'a number in quotes is refused',
    { ...small, seed: '1' },
    ': seed: found "1"; expected an integer of at least 0',
  ],
  [
    'another perturbation space is refused',
    { ...small, perturbation: { space: 'raw' } },
    ': perturbation.space: found "raw"; expected "pixel" or "normalized"',
  ],
  [
    'a fraction above 1 is refused',
    { ...small, maxBadFraction: 1.5 },
    ': maxBadFraction: found 1.5; expected a fraction from 0 to 1',
  ],
  [
    'a file that is no object is refused',
    [1],
    ': found [1]; expected an object with the keys name, models, inDomain, outliers, validationSets, covariateShifted, groups, ensembles, detectors, grid, ' +
      'perturbation, layerNorms, logits, seed, resamplings, alpha, batchSize, memory, maxPixels, device, workers, shardSeconds, maxBadFraction',
  ],
  [
    'a file that is no JSON is refused with line and column',
    '{\n  "name": "x",\n}',
    ":3:1: the experiment is not valid JSON: expected a key in double quotes but found '}'",
  ],
];

for (const [behaviour, content, message] of faults) {
  test(behaviour, async (t) => {
    const file = await experimentFile(t, content);
    await t.throwsAsync(readExperimentFile(file, detectors), {
      instanceOf: InputError,
      message: `${file}${message.replace('FOLDER', join(file, '..'))}`,
    });
  });
}

const traps: readonly [behaviour: string, text: string, message: RegExp][] = [
  [
    'lists in lists without end are refused',
    `{"models":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    /:1:74: .* nested deeper than 64 levels$/,
  ],
  [
    'lists that are never closed are refused',
    `{"models":${'['.repeat(100_000)}`,
    /:1:100011: .* expected a value but found the end of the file$/,
  ],
  [
    'a number that is too large is refused',
    '{"seed": 1e999}',
    /:1:10: .* the number 1e999 is too large to be held$/,
  ],
  [
    'an integer that would be rounded is refused',
    '{"seed": 9007199254740993}',
    /:1:10: .* can't be held exactly/,
  ],
  ['a key that stands twice is refused', '{"seed": 1,\n"seed": 2}', /:2:1: .* the key "seed" stands twice/],
  [
    'a key with a meaning in JavaScript is unknown like others',
    '{"__proto__": {"models": []}}',
    /: unknown key "__proto__"; the keys here are /,
  ],
  [
    'a long key is shown in part',
    `{"${'k'.repeat(1_000_000)}": 1}`,
    /: unknown key "k{50,90}\.\.\.; the keys here are /,
  ],
];

for (const [behaviour, text, message] of traps) {
  test(behaviour, async (t) => {
    const file = await experimentFile(t, text);
    const error = await t.throwsAsync(readExperimentFile(file, detectors), { instanceOf: InputError });
    t.regex(error.message, message);
    t.true(error.message.length < 1_000);
    t.notRegex(error.message, /\n/);
  });
}

test('a byte order mark before an experiment is skipped', async (t) => {
  const file = await experimentFile(t, `\ufeff${JSON.stringify(small)}`);
  t.is((await readExperimentFile(file, detectors)).models.length, small.models.length);
});

test('a missing experiment is refused', async (t) => {
  await t.throwsAsync(readExperimentFile('/nowhere/e.json', detectors), {
    instanceOf: InputError,
    message: '/nowhere/e.json: no such experiment file; check the path',
  });
});
