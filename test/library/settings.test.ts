import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import {
  compile,
  doctor,
  type Experiment,
  folderManifest,
  forecast,
  GrodinError,
  imagenetValManifest,
  imglistManifest,
  listParameters,
  parseExperiment,
  preprocessPresets,
  readExperiment,
  reduce,
  run,
  score,
  status,
} from 'grodin';
import { remember } from '../../pipeline/doctor/remembered.js';
import { nameSettingsAsOptions, setting } from '../../stages/setting.js';
import { grodin } from '../cli/built.js';
import { sharedExperiment } from '../run/small-experiment.js';

let folder: string;
let experiment: Experiment;
const tied = fileURLToPath(new URL('../../../test/golden/tied.onnx', import.meta.url));
const model = fileURLToPath(new URL('../../../test/golden/residual.onnx', import.meta.url));

test.before(async () => {
  folder = await sharedExperiment({ images: 8, outliers: ['noisy'] });
  experiment = await readExperiment(join(folder, 'experiment.json'));
  await writeFile(join(folder, 'list.txt'), '../a.png 1\n');
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

const preprocess = preprocessPresets.cifar10!;
const scored = (options: object) => score(model, ['no.png'], { preprocess, cache: null, ...options }).next();
const out = () => join(folder, 'out');

const set = { name: 'clean', manifest: 'clean.csv', validation: 1 } as const;
const lacking = { inDomain: set, outliers: [{ ...set, name: 'noisy' }] } as const;

/** What is refused where it is read or tried, each with what is said of it. */
const refused: readonly (readonly [string, () => Promise<unknown>, string])[] = [
  [
    'score: a kind',
    () => scored({ device: 'gpu' }),
    'device: "gpu" is not a kind of device; the kinds are cpu, ',
  ],
  [
    'score: a number',
    () => scored({ device: 'tfjs:webgl' }),
    'device: "tfjs:webgl": "webgl" can\'t follow "tfjs:"; ',
  ],
  ['score: a precision', () => scored({ precision: 'fp16' }), 'precision: cpu can\'t compute in "fp16"; '],
  [
    'score: a preprocessing',
    () => score(model, ['no.png'], { cache: null }).next(),
    `${model}: takes 24×24 images, for which there is no usual preprocessing; say it with preprocess`,
  ],
  [
    'score: a preprocessing for other networks',
    () => scored({ preprocess: preprocessPresets.mnist! }),
    `${model}: the network takes images of 3 channels (R, G, B); give three numbers for mean, and three for std (preprocess)`,
  ],
  [
    'score: parameters',
    () => scored({ parameters: ['no*'] }),
    `${model}: no parameter matches ["no*"]; list them with: listParameters(MODEL)`,
  ],
  [
    'compile: parameters',
    () => compile(model, { tie: ['no*'] }),
    `${model}: tie pattern "no*" matches no parameter; list them with: listParameters(MODEL)`,
  ],
  [
    'doctor: a kind',
    () => doctor({ device: 'gpu' }),
    'device: "gpu" is not a kind of device; the kinds are cpu, ',
  ],
  [
    'forecast: a kind',
    () => forecast(experiment, { out: out(), device: 'gpu' }),
    'device: "gpu" is not a kind of ',
  ],
  [
    'run: a kind',
    () => run(experiment, { out: out(), device: 'gpu' }),
    'device: "gpu" is not a kind of device; ',
  ],
  [
    "run: the experiment's kind",
    () => run({ ...experiment, device: 'gpu' }, { out: out() }),
    '"device" of the experiment: "gpu" is not a kind of device; ',
  ],
  [
    'run: memory',
    () => run(experiment, { out: out(), memory: 1 }),
    'memory, or "memory" of the experiment: 1 ',
  ],
  ['status: a folder', () => status(folder), '; start one with: run(experiment, { out })'],
  ['reduce: a folder', () => reduce(folder), '; start one with: run(experiment, { out })'],
  [
    'parseExperiment: a file',
    () =>
      parseExperiment({ ...lacking, models: [{ name: 'net', file: 'no', preprocess: 'imagenet' }] }, folder),
    '; give a path relative to the folder that parseExperiment was given',
  ],
  [
    'run: stopped',
    () => run(experiment, { out: out(), stop: AbortSignal.abort() }),
    'stopped; finished work is kept: make the same call again to continue',
  ],
  ['run: a file', () => run(experiment, { out: model, cache: null }), `${model}`],
  [
    'folderManifest: both orders',
    () => folderManifest(folder, { classes: 'no', classOrder: 'text' }),
    'classes and classOrder both say the order of the classes; ',
  ],
  [
    'folderManifest: no class',
    () => folderManifest(join(folder, 'clean')),
    'move it into one, or use labels: false',
  ],
  [
    'imagenetValManifest: no labels',
    () => imagenetValManifest(join(folder, 'clean'), {}),
    'give devkit with the development kit, labels with a list, or labels: false, one of them',
  ],
  [
    'imagenetValManifest: class folders',
    () => imagenetValManifest(folder, { labels: false }),
    'for class folders there are folderManifest(ROOT) and tarManifest([ARCHIVE])',
  ],
  [
    'imglistManifest: a path',
    () => imglistManifest(join(folder, 'list.txt'), { root: folder }),
    'the folder of root; name the folder that all images lie in',
  ],
];

test.serial('what the library refuses is named as a caller from code writes it', async (t) => {
  for (const [name, call, said] of refused) {
    const error = await t.throwsAsync(call(), { instanceOf: GrodinError }, name);
    t.true(error.message.includes(said), `${name}: ${error.message}`);
    t.notRegex(error.message, /--[a-z]|grodin [a-z]|same command|experiment file/, name);
  }
});

test.serial('reasons and notes of the library name settings so too', async (t) => {
  const notes: string[] = [];
  const large = join(folder, 'clean/0.png');
  const { value } = await score(model, [large], { preprocess, cache: null, maxPixels: 1 }).next();
  t.true(
    value && 'error' in value && value.error.endsWith('; allow more with maxPixels, or make it smaller'),
  );
  const { parameters } = await listParameters(tied, { untie: ['*'] });
  t.true(parameters.some(({ reason }) => reason === 'untied by untie: its own parameter in each slot'));
  const cache = { folder: join(folder, 'cache'), limit: 1e9 };
  // As doctor leaves it, which would check every device of this machine.
  await remember(cache, { fp32: { device: 'cpu', why: 'it is the only one' }, tf32: null, fp16: null });
  await score(model, ['no.png'], {
    preprocess,
    device: 'auto',
    cache,
    onNote: (note) => notes.push(note),
  }).next();
  t.regex(notes[0] ?? '', /^device: "auto": \S+, as doctor\(\) found /);
});

test.serial('the command line names them as its options', async (t) => {
  for (const args of [
    ['score', model, 'no.png', '--device', 'gpu'],
    ['run', join(folder, 'experiment.json'), '--out', 'out', '--device', 'gpu'],
    ['run', join(folder, 'experiment.json'), '--out', 'out', '--device', 'gpu', '--dry-run'],
    ['doctor', '--device', 'gpu'],
  ]) {
    const { code, err } = await grodin(args, folder);
    t.is(code, 2);
    t.regex(err, /^grodin: --device: "gpu" is not a kind of device; /, args.join(' '));
  }
  t.is(setting('device', 'cpu'), 'device: "cpu"');
  nameSettingsAsOptions();
  t.is(setting('device', 'cpu'), '--device cpu');
  t.is(setting('noLabels'), '--no-labels');
});
