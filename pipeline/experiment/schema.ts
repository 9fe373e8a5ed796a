import { z } from 'zod';
import { parseBytes } from '../../manifests/input/bytes.js';
import { isWellFormed } from '../../manifests/input/printable.js';
import { integer, nonEmpty, oneOf, strictObject } from '../../manifests/input/validate.js';
import { publishedEnsembles, publishedNames } from '../../manifests/paper/published.js';
import { corruptionSchema } from '../../workers/images/corruptions/parse-corruption.js';
import { preprocessChangeSchema, preprocessSchema } from '../../workers/images/parse-preprocess.js';
import type { Preprocess, PreprocessInput } from '../../workers/images/preprocess.js';
import { shownPresets } from '../../workers/images/presets.js';
import { inSinglePrecision, largestSide, mostImagesInBatch, mostThreads } from './bounds.js';
import { experimentDefaults as defaults } from './defaults.js';
import { evenlySpaced } from './grid.js';

/** A text that is not empty. */
export function text(expected: string) {
  const error = `expected ${expected}`;
  return z.string({ error }).min(1, { error });
}

function number(expected: string, accept: (value: number) => boolean) {
  const error = `expected ${expected}`;
  return z.number({ error }).refine(accept, { error });
}

/** Images in a batch. */
export const batch = integer(1, mostImagesInBatch);
/** Worker threads, or threads inside one operation. */
export const threads = integer(1, mostThreads);
/** Seed of random numbers. */
export const seed = integer(0);
/** Bytes of memory. */
export const bytes = integer(1);
/** Pixels of the largest image that is decoded. */
export const pixels = integer(1);
/** Bootstrap resamplings. */
export const resamplings = integer(2, 1_000_000);

/** A time that something takes, or may take. */
export const seconds = number('a number of seconds above 0', (value) => value > 0);

/** The path of a file or folder, as the system takes it. */
export function path(expected: string) {
  return text(expected).refine((value) => !value.includes('\0') && isWellFormed(value), {
    error: `expected ${expected}, which can hold neither a NUL character nor half of a surrogate pair`,
  });
}

/** Names become parts of file names, on any file system. */
const name = text('a name').regex(/^[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,98}[A-Za-z0-9_+-])?$/, {
  error: 'expected a name of up to 100 letters, digits and . _ + - that can be part of a file name',
});

/** ε, in pixel units or of the normalised input. */
export const epsilon = number('a perturbation size of at least 0', (value) => value >= 0).refine(
  inSinglePrecision,
  {
    error: 'expected a perturbation size that single precision can hold',
  },
);
/** What scores are computed on; whether there is such a device is seen when it is looked for. */
export const device = text('a device such as "cpu", "cuda:0,1" or "auto"');
/** T. */
export const temperature = number('a temperature above 0', (value) => value > 0).refine(inSinglePrecision, {
  error: 'expected a temperature that single precision can hold',
});
/** A list that may be left out, or be empty, as programs write it that have none. */
const list = <Item extends z.ZodType>(item: Item, of: string) =>
  z.array(item, { error: `expected a list of ${of}` });

const patterns = nonEmpty(text('a name pattern'), 'name patterns');
/** Name patterns of parameters, or none. */
export const anyPatterns = z.array(text('a name pattern'), { error: 'expected a list of name patterns' });

const spacing = strictObject({
  from: epsilon.describe('first value'),
  to: epsilon.describe('last value'),
  points: integer(1, 10_000).describe('how many values, both ends included'),
})
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'expected to be no smaller than from' })
  .transform(({ from, to, points }) => evenlySpaced(from, to, points));

const epsilons = oneOf<readonly number[], number[] | z.input<typeof spacing>>((value) =>
  Array.isArray(value) ? nonEmpty(epsilon, 'perturbation sizes') : spacing,
);

const preprocess = oneOf<string | Preprocess, string | PreprocessInput>((value) =>
  typeof value === 'object' && value !== null
    ? preprocessSchema
    : text('a preset, the path of a JSON file, or an object with resize, interpolation, crop, mean, std'),
);

const size = text('a size such as "4GB"').transform((value, context): number => {
  const bytes = parseBytes(value);
  if (bytes !== null) return bytes;
  context.addIssue({ code: 'custom', message: 'expected a size such as "4GB"' });
  return z.NEVER;
});

/** Height and width of the images of a model that leaves them free. */
export const imageSize = z
  .tuple([integer(1, largestSide), integer(1, largestSide)], {
    error: 'expected a height and a width in pixels, for example [48, 192]',
  })
  .readonly();

/** The name of something that the paper has, beside whose figures ours are shown. */
function published<const Name extends string>(names: readonly Name[], what: string) {
  return z.enum(names, { error: `expected ${what} of the paper: ${names.join(', ')}` }).optional();
}

/** Whether logits are kept; `all` is how files say `true`. */
const keptLogits = z
  .union([z.boolean(), z.literal(['all', 'summaries'])], { error: 'expected "all", "summaries" or false' })
  .transform((kept): boolean | 'summaries' => (kept === 'all' ? true : kept));

/** One model, as an experiment file has it. */
export const modelSchema = strictObject({
  name: name.describe('as the tables and the files of the run call it'),
  file: text('the path of an ONNX file').describe('path of the ONNX file'),
  output: text('the name of an output')
    .optional()
    .describe("name of the model's output that is scored; may be left out where only one can be logits"),
  size: imageSize
    .optional()
    .describe(
      'height and width in pixels of a model that leaves them free; may be left out where the preprocessing crops',
    ),
  preprocess: preprocess.describe(
    `how image files become its input: ${shownPresets.join(', ')}, the path of a JSON file, or an object with resize, interpolation, crop, mean, std, truncated`,
  ),
  parameters: patterns
    .default([...defaults.parameters])
    .describe('name patterns (* = any characters; role:ROLE) that restrict the parameters of the gradient'),
  tie: anyPatterns.default([...defaults.tie]).describe('name patterns of parameters to count as one'),
  untie: anyPatterns
    .default([...defaults.untie])
    .describe('name patterns of shared parameters to count apart'),
  literals: anyPatterns.optional().describe('name patterns of constants that are no parameters'),
  trainable: anyPatterns
    .optional()
    .describe('name patterns of constants that are parameters although they look like literals'),
  published: published(publishedNames.models, 'a model').describe(
    "which model of the paper it is, so that tables show the paper's values beside its own",
  ),
  detectors: z
    .array(text('the name of a detector'), { error: 'expected a list of names of detectors' })
    .optional()
    .describe(
      'those of the detectors that this model has, where it has not all: none for a model that is only a member of ensembles',
    ),
});

const listed = {
  name: name.describe('as the tables and the files of the run call it'),
  manifest: text('the path of a manifest').describe('path of the manifest (CSV)'),
  corrupt: corruptionSchema
    .optional()
    .describe(
      'the corruption of ImageNet-C that its images are given first, for example "glass_blur:5", or an object with corruption, severity, seed, form, textures',
    ),
  preprocess: preprocessChangeSchema
    .optional()
    .describe(
      "what is otherwise for its images than in a model's preprocessing: resize, interpolation, crop, truncated",
    ),
};
const ownClasses = z
  .literal(true, { error: 'expected true, or nothing' })
  .optional()
  .describe(
    'whether accuracy is also told among the classes alone that its labels name, as the 200 of ImageNet-R',
  );
const testRows = integer(1)
  .nullable()
  .default(defaults.test)
  .describe('rows to report on; null takes all that remain');

/** One set, as an experiment file has it. */
export const setSchema = strictObject({
  ...listed,
  validation: integer(1)
    .optional()
    .describe('rows drawn to choose epsilon and temperature; left out where selectOn names other sets'),
  test: testRows,
  ownClasses,
  selectOn: name
    .optional()
    .describe('the validation set, outlier set or group on whose validation rows they are chosen instead'),
  corruption: name.optional().describe('the corruption that its images are of, for example "fog"'),
  severity: integer(1, 100).optional().describe('how strong it is, from 1 on'),
  published: published(publishedNames.sets, 'a set').describe('which set of the paper it is'),
});

/** One validation set, as an experiment file has it. */
export const validationSetSchema = strictObject({
  ...listed,
  validation: integer(1).optional().describe('rows drawn (default: all)'),
});

/** One covariate-shifted set, as an experiment file has it. */
export const shiftedSetSchema = strictObject({ ...listed, test: testRows, ownClasses });

export const groupSchema = strictObject({
  name: name.describe('as the tables call it'),
  sets: nonEmpty(text('the name of an outlier set'), 'names of outlier sets').describe('its outlier sets'),
});

export const ensembleSchema = strictObject({
  name: name.describe('as the tables and the files of the run call it'),
  models: nonEmpty(text('the name of a model'), 'names of models').describe('its members, two or more'),
  published: published(publishedEnsembles, 'a model with an ensemble').describe(
    'of which model of the paper it is the ensemble',
  ),
});

/** What an experiment file holds, key by key; paths are relative to the file. */
export const experimentSchema = strictObject({
  name: name.optional().describe('title of the experiment (default: the name of the file)'),
  models: nonEmpty(modelSchema, 'models').describe('the classifiers'),
  inDomain: setSchema.describe('the images that the classifiers were made for'),
  outliers: nonEmpty(setSchema, 'sets').describe('the out-of-domain sets, each compared with inDomain'),
  validationSets: list(validationSetSchema, 'sets')
    .optional()
    .describe('sets that are only selected on, by inDomain or by outliers (selectOn)'),
  covariateShifted: list(shiftedSetSchema, 'sets')
    .optional()
    .describe('in-domain images that look otherwise: with inDomain they make the full spectrum'),
  groups: list(groupSchema, 'groups')
    .optional()
    .describe('outlier sets that are averaged, for example near and far'),
  ensembles: list(ensembleSchema, 'ensembles')
    .optional()
    .describe('models whose mean prediction is a detector too'),
  detectors: nonEmpty(text('the name of a detector'), 'detectors')
    .default([...defaults.detectors])
    .describe("detectors, in the order of the tables' columns"),
  grid: strictObject({
    epsilon: epsilons
      .default(defaults.epsilon)
      .describe('perturbation sizes: a list, or evenly spaced by {"from", "to", "points"}'),
    temperature: nonEmpty(temperature, 'temperatures')
      .default([...defaults.temperature])
      .describe('temperatures'),
  })
    .prefault({})
    .describe('where epsilon and temperature are searched'),
  perturbation: strictObject({
    space: z
      .enum(['pixel', 'normalized'], { error: 'expected "pixel" or "normalized"' })
      .default(defaults.space)
      .describe('whether epsilon is a step of pixels in [0, 1] or of the normalised input'),
  })
    .prefault({})
    .describe('how images are perturbed'),
  layerNorms: z
    .boolean({ error: 'expected true or false' })
    .default(defaults.layerNorms)
    .describe('whether scores come with the log norm of the gradient of each parameter alone'),
  logits: keptLogits
    .optional()
    .describe(
      'what is kept of the logits of every image as it is: "all", "summaries" for only what the detectors read of them, or false (default: "all")',
    ),
  seed: seed.default(defaults.seed).describe('seed of the splits and the resamplings'),
  resamplings: strictObject({
    deviation: resamplings.default(defaults.deviation).describe('bootstrap resamplings behind the deviation'),
    interval: resamplings
      .default(defaults.interval)
      .describe('bootstrap resamplings behind the 95 % interval'),
  })
    .prefault({})
    .describe('bootstrap resamplings'),
  alpha: number('a fraction between 0 and 1, both left out', (value) => value > 0 && value < 1)
    .optional()
    .describe('the fraction of in-domain images that thresholds may reject (default: 0.05)'),
  batchSize: batch
    .nullable()
    .default(defaults.batchSize)
    .describe('images in a batch; null takes as many as fit in memory, at most 32'),
  memory: size
    .nullable()
    .default(defaults.memory)
    .describe('memory for the process that scores, for example "4GB"; null does not bound it'),
  maxPixels: pixels
    .default(defaults.maxPixels)
    .describe('images of more pixels are not decoded but count as bad: their memory grows with them'),
  device: device
    .default(defaults.device)
    .describe('the device that scores are computed on, written as for --device'),
  // A file goes from machine to machine: its workers are not bounded by this one's cores.
  workers: integer(1, 1024)
    .nullable()
    .default(defaults.workers)
    .describe('workers on the CPU; null takes one a core'),
  shardSeconds: seconds.default(defaults.shardSeconds).describe('nominal work in one shard, in seconds'),
  maxBadFraction: number('a fraction from 0 to 1', (value) => value >= 0 && value <= 1)
    .default(defaults.maxBadFraction)
    .describe('the run fails when more than this fraction of the images could not be used'),
});

/** A checked experiment file, before its paths are followed. */
export type ExperimentFile = z.output<typeof experimentSchema>;
