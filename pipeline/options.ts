/** What the options of each public function may be: types alone bound no numbers, and JavaScript has none. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { inputFault } from '../manifests/input/input-fault.js';
import { show } from '../manifests/input/show.js';
import { integer, nonEmpty, oneOf, strictObject, validate } from '../manifests/input/validate.js';
import { loweringPresets } from '../stages/lowerings/lowerings.js';
import { corruptionForm, corruptionSchema } from '../workers/images/corruptions/parse-corruption.js';
import { preprocessSchema } from '../workers/images/parse-preprocess.js';
import type { Preprocess } from '../workers/images/preprocess.js';
import { splitNames } from '../workers/store/planned-shard.js';
import {
  anyPatterns,
  batch,
  bytes,
  device,
  epsilon,
  imageSize,
  path,
  pixels,
  resamplings,
  seconds,
  seed,
  temperature,
  text,
  threads,
} from './experiment/schema.js';
import { exportFormatNames } from './export/formats/names.js';
import { thumbnailModes } from './report/thumbnail-modes.js';

const preset = z.never({ error: 'expected an object, for example preprocessPresets.imagenet' });
const preprocess = oneOf<Preprocess, Preprocess>((value) =>
  typeof value === 'object' && value !== null ? preprocessSchema : preset,
);
const presets = Object.keys(loweringPresets);
const absolute = 'the absolute path of a folder';
const cache = z.strictObject(
  {
    folder: path(absolute).refine(isAbsolute, { error: `expected ${absolute}` }),
    limit: z
      .number({ error: 'expected a number of bytes' })
      .min(0, { error: 'expected a number of bytes of at least 0' }),
  },
  { error: 'expected an object with the keys folder and limit, or null for no cache' },
);
const flag = z.boolean({ error: 'expected true or false' });
const listener = z.custom<() => void>((value) => typeof value === 'function', {
  error: 'expected a function',
});
const signal = z.custom<AbortSignal>((value) => value instanceof AbortSignal, {
  error: 'expected an AbortSignal, for example the signal of an AbortController',
});
const modelOutput = text('the name of an output');
const detectorList = z.array(text('the name of a detector'), {
  error: 'expected a list of names of detectors',
});
const precision = text('a precision such as "fp32"');
const base = z.enum(['path', 'name'], { error: 'expected "path" or "name"' });
const lowerings = z.enum(presets, { error: `expected one of ${presets.join(', ')}` });
const classes = path('the path of a list of classes');
const classOrder = z.enum(['number', 'text'], { error: 'expected "number" or "text"' });
const photographs = z.array(text('the name of a photograph'), { error: 'expected a list of names' });

const names = (of: string) => nonEmpty(text('a name'), `names of ${of}`);

/** Names of one run with those of another one. */
const otherNames = (of: string) => {
  const error = `expected an object with names of ${of} of the first run, and of the second one for each`;
  return z.record(z.string(), z.string({ error }), { error });
};

const parameterOptions = {
  parameters: anyPatterns.optional(),
  tie: anyPatterns.optional(),
  untie: anyPatterns.optional(),
  literals: anyPatterns.optional(),
  trainable: anyPatterns.optional(),
};

const compileOptions = strictObject({
  ...parameterOptions,
  batch: batch.optional(),
  modelOutput: modelOutput.optional(),
  features: flag.optional(),
  layerNorms: flag.optional(),
  size: imageSize.optional(),
  lowerings: lowerings.optional(),
  onNote: listener.optional(),
});

const runOptions = {
  out: path('the path of a run directory'),
  device: device.optional(),
  precision: precision.optional(),
  workers: threads.nullish(),
  memory: bytes.nullish(),
  rescore: flag.optional(),
  trustImages: flag.optional(),
  cache: cache.nullish(),
  deadline: seconds.optional(),
  retryErrors: flag.optional(),
  costs: flag.optional(),
  wait: seconds.optional(),
  share: strictObject({ index: integer(1), count: integer(1) })
    .refine(({ index, count }) => index <= count, { error: 'expected an index of at most the count' })
    .optional(),
  drain: signal.optional(),
  stop: signal.optional(),
  kill: signal.optional(),
  onProgress: listener.optional(),
  onNote: listener.optional(),
};

/** Which detector of a run is meant. */
const detectorOptions = {
  from: path('the path of a run directory'),
  detector: text('the name of a detector'),
  outliers: text('the name of an outlier set').optional(),
  model: text('the name of a model of the experiment').optional(),
};

const imagenetClassesOptions = strictObject({
  classes: classes.optional(),
  labels: flag.optional(),
  base: base.optional(),
});

/** By the functions' names: every option that there is, and what it may be. */
export const optionSchemas = {
  bench: strictObject({
    ...parameterOptions,
    batch: batch.optional(),
    threads: threads.optional(),
    rounds: integer(1).optional(),
    modelOutput: modelOutput.optional(),
    size: imageSize.optional(),
    profile: flag.optional(),
    signal: signal.optional(),
  }),
  checkManifests: strictObject({
    classes: integer(1).optional(),
    maxPixels: pixels.optional(),
    signal: signal.optional(),
    onNote: listener.optional(),
  }),
  cifarManifest: strictObject({
    set: z.enum(['test', 'train'], { error: 'expected "test" or "train"' }).optional(),
    labels: z.enum(['fine', 'coarse', 'none'], { error: 'expected "fine", "coarse" or "none"' }).optional(),
  }),
  compare: strictObject({
    models: otherNames('models').optional(),
    sets: otherNames('outlier sets').optional(),
    signal: signal.optional(),
  }),
  compile: compileOptions,
  describeClassifier: compileOptions,
  compareScores: strictObject({
    photographs: strictObject({ inDomain: photographs, outlier: photographs }).optional(),
  }),
  detectionMetrics: strictObject({
    seed: seed.optional(),
    resamplings: strictObject({ deviation: resamplings, interval: resamplings }).optional(),
  }),
  doctor: strictObject({
    device: device.optional(),
    seconds: seconds.optional(),
    cache: cache.nullish(),
    signal: signal.optional(),
    onDevice: listener.optional(),
  }),
  folderManifest: strictObject({
    classes: classes.optional(),
    classOrder: classOrder.optional(),
    labels: flag.optional(),
    base: base.optional(),
  }),
  report: strictObject({
    file: path('the path of a file').nullable().optional(),
    thumbnails: z.enum(thumbnailModes, { error: `expected ${thumbnailModes.join(', ')}` }).optional(),
    withPaths: flag.optional(),
    signal: signal.optional(),
  }),
  exportScores: strictObject({
    format: z
      .enum(exportFormatNames, { error: `expected one of ${exportFormatNames.join(', ')}` })
      .optional(),
    wide: flag.optional(),
    models: names('models').optional(),
    sets: names('sets').optional(),
    split: z.enum(splitNames, { error: 'expected "validation" or "test"' }).optional(),
    detectors: names('detectors').optional(),
    logits: flag.optional(),
    signal: signal.optional(),
  }),
  // Options that were made for the run itself may be given to what is asked before it.
  forecast: strictObject({ ...runOptions, signal: signal.optional() }),
  imagenetAManifest: imagenetClassesOptions,
  imagenetCManifests: strictObject({ classes: classes.optional() }),
  imagenetOManifest: strictObject({ base: base.optional() }),
  imagenetRManifest: imagenetClassesOptions,
  imagenetValManifest: strictObject({
    devkit: path('the path of the unpacked development kit').optional(),
    labels: oneOf<string | false, string | false>((value) =>
      value === false ? z.literal(false) : path('the path of a list of labels, or false'),
    ).optional(),
    classes: classes.optional(),
  }),
  imglistManifest: strictObject({
    root: path("the path of the folder that the list's paths start from"),
    labels: flag.optional(),
    base: base.optional(),
  }),
  judge: strictObject({
    ...detectorOptions,
    device: device.optional(),
    precision: precision.optional(),
    maxPixels: pixels.optional(),
    cache: cache.nullish(),
    signal: signal.optional(),
    onNote: listener.optional(),
  }),
  listParameters: compileOptions,
  npyManifest: strictObject({ labels: path('the path of an array of labels').optional() }),
  parquetManifest: strictObject({
    imageColumn: text('the name of a column').optional(),
    labelColumn: text('the name of a column').optional(),
    classes: classes.optional(),
    labels: flag.optional(),
    base: base.optional(),
  }),
  preprocess: strictObject({
    preprocess,
    size: imageSize.optional(),
    maxPixels: pixels.optional(),
    corrupt: corruptionSchema.optional(),
    signal: signal.optional(),
  }),
  reduce: strictObject({ workers: threads.nullish(), signal: signal.optional() }),
  run: strictObject(runOptions),
  runWithoutReducing: strictObject({
    ...runOptions,
    wave: z.union([z.literal(1), z.literal(2)], { error: 'expected 1 or 2' }).optional(),
  }),
  score: strictObject({
    ...parameterOptions,
    temperature: temperature.optional(),
    epsilon: epsilon.optional(),
    detectors: detectorList.optional(),
    device: device.optional(),
    precision: precision.optional(),
    modelOutput: modelOutput.optional(),
    size: imageSize.optional(),
    cache: cache.nullish(),
    maxPixels: pixels.optional(),
    preprocess: preprocess.optional(),
    corrupt: corruptionSchema.optional(),
    signal: signal.optional(),
    onNote: listener.optional(),
  }),
  status: strictObject({ signal: signal.optional(), check: flag.optional() }),
  wait: strictObject({
    timeout: seconds.optional(),
    idle: seconds.optional(),
    onStatus: listener.optional(),
    signal: signal.optional(),
  }),
  tarManifest: strictObject({
    root: text('the path of a folder inside the archives').optional(),
    classes: classes.optional(),
    classOrder: classOrder.optional(),
    labels: flag.optional(),
    base: base.optional(),
  }),
  tinyImagenetManifest: strictObject({ classes: classes.optional(), labels: flag.optional() }),
  webdatasetManifest: strictObject({
    labelKey: text('the name of a key').optional(),
    imageKey: text("what the images' names end in").optional(),
    classes: classes.optional(),
    labels: flag.optional(),
    base: base.optional(),
  }),
  writeCorruptedSets: strictObject({
    corrupt: text('corruptions, for example "glass_blur,fog:3", or "all"').optional(),
    form: corruptionForm.optional(),
    validation: integer(1).optional(),
    seed: seed.optional(),
    textures: path('the path of a folder').optional(),
  }),
  writeDetector: strictObject({
    ...detectorOptions,
    batch: batch.optional(),
    lowerings: lowerings.optional(),
    onNote: listener.optional(),
  }),
  writeManifest: strictObject({
    dataset: text('a name').optional(),
    preprocess: text('the name of a preset').optional(),
  }),
  writeScorer: compileOptions,
};

/**
 * Checks the options that a caller gave to a function of the library.
 * @param of the function, as errors name it
 * @returns the options, with what a preprocessing leaves out filled in
 * @throws InputError with one line that names the function, the option, the value found and what is expected
 */
export function checkedOptions<Name extends keyof typeof optionSchemas, Given extends object>(
  of: Name,
  given: Given,
): Given {
  requireObject(of, given);
  const schema: z.ZodType<object> = optionSchemas[of];
  return { ...given, ...validate(schema, given, { file: of, path: [] }) };
}

function requireObject(of: keyof typeof optionSchemas, given: unknown): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return;
  const keys = Object.keys(optionSchemas[of].shape).join(', ');
  throw inputFault(
    { file: of, path: ['options'] },
    `${given === undefined ? 'missing' : `found ${show(given)}`}; expected an object with the keys ${keys}`,
  );
}
