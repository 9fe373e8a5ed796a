import { z } from 'zod';
import { inputFault, integer, oneOf, show, validate } from '../manifests/input/validate.js';
import { loweringPresets } from '../stages/lowerings/lowerings.js';
import { preprocessSchema } from '../workers/images/parse-preprocess.js';
import type { Preprocess } from '../workers/images/preprocess.js';
import { mostImagesInBatch, mostThreads } from './experiment/bounds.js';
import { whatExperimentLacks } from './experiment/resolved-schema.js';
import { anyPatterns, device, epsilon, imageSize, seconds, temperature, text } from './experiment/schema.js';

const threads = integer(1, mostThreads);
const batch = integer(1, mostImagesInBatch);
const preset = z.never({ error: 'expected an object, for example preprocessPresets.imagenet' });
const preprocess = oneOf<Preprocess, Preprocess>((value) =>
  typeof value === 'object' && value !== null ? preprocessSchema : preset,
);
const presets = Object.keys(loweringPresets);

const out = text('the path of a run directory');
const cache = z.looseObject(
  {
    folder: text('the absolute path of a folder'),
    limit: z.number({ error: 'expected a number of bytes' }),
  },
  { error: 'expected an object with the keys folder and limit, or null for no cache' },
);
const modelOutput = text('the name of an output');
const flag = z.boolean({ error: 'expected true or false' });

const parameterOptions = {
  parameters: anyPatterns.optional(),
  tie: anyPatterns.optional(),
  untie: anyPatterns.optional(),
  literals: anyPatterns.optional(),
  trainable: anyPatterns.optional(),
};

const compileOptions = z.looseObject({
  ...parameterOptions,
  batch: batch.optional(),
  modelOutput: modelOutput.optional(),
  features: flag.optional(),
  layerNorms: flag.optional(),
  size: imageSize.optional(),
  lowerings: z.enum(presets, { error: `expected one of ${presets.join(', ')}` }).optional(),
});

const runOptions = z.looseObject({
  out,
  device: device.optional(),
  cache: cache.nullish(),
  workers: threads.nullish(),
  memory: integer(1).nullish(),
  deadline: seconds.optional(),
});

/** What the numbers and names among the options of each function may be; types alone don't bound them. */
const schemas = {
  bench: z.looseObject({
    ...parameterOptions,
    batch: batch.optional(),
    threads: threads.optional(),
    rounds: integer(1).optional(),
    modelOutput: modelOutput.optional(),
    size: imageSize.optional(),
  }),
  compile: compileOptions,
  describeClassifier: compileOptions,
  doctor: z.looseObject({ device: device.optional(), cache: cache.nullish(), seconds: seconds.optional() }),
  forecast: runOptions,
  listParameters: compileOptions,
  reduce: z.looseObject({ workers: threads.nullish() }),
  run: runOptions,
  score: z.looseObject({
    ...parameterOptions,
    temperature: temperature.optional(),
    epsilon: epsilon.optional(),
    device: device.optional(),
    modelOutput: modelOutput.optional(),
    size: imageSize.optional(),
    cache: cache.nullish(),
    maxPixels: integer(1).optional(),
    preprocess: preprocess.optional(),
  }),
};

/**
 * Checks the options that a caller gave to a function of the library.
 * @param of the function, as errors name it
 * @returns the options, with what a preprocessing leaves out filled in
 * @throws InputError with one line that names the function, the option, the value found and what is expected
 */
export function checkedOptions<Name extends keyof typeof schemas, Given extends object>(
  of: Name,
  given: Given,
): Given {
  const schema: z.ZodType<object> = schemas[of];
  return { ...given, ...validate(schema, given, { file: of, path: [] }) };
}

/** Checks where a run is said to lie: an empty path would stand for the working folder. @throws InputError */
export function requireRunDirectory(of: 'status' | 'reduce', given: unknown): void {
  validate(out, given, { file: of, path: ['out'] });
}

/**
 * Checks that an experiment has all that reading one fills in.
 * @throws InputError that names what it lacks
 */
export function requireParsed(of: 'run' | 'forecast', experiment: unknown): void {
  const lacking = whatExperimentLacks(experiment);
  if (lacking === null) return;
  throw inputFault(
    { file: of, path: ['experiment'] },
    `found ${show(experiment)}, which lacks ${lacking}; expected what parseExperiment or readExperiment gives`,
  );
}
