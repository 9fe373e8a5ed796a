import { resolve } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../manifests/input/json-file.js';
import { shortened } from '../../manifests/input/printable.js';
import { show } from '../../manifests/input/show.js';
import { didYouMean } from '../../manifests/input/suggestion.js';
import { integer, oneOf, strictObject, validate } from '../../manifests/input/validate.js';
import { isFile } from '../../manifests/output/file-system.js';
import type { InputError } from '../../stages/errors.js';
import type { PerChannel, Preprocess, Sides } from './preprocess.js';
import { preprocessPresets, presetOf, shownPresets } from './presets.js';
import { interpolations } from './resample.js';

/** Numbers of each channel, one or three. */
function channels(what: string, least: number, most: number, open: 'above' | 'from') {
  const error =
    `expected three numbers (R, G, B), or one for grey images, each ${open} ${least}` +
    `${most === Infinity ? '' : ` to ${most}`}: the ${what} of pixels in the [0, 1] range`;
  const number = z.number({ error }).max(most, { error });
  const channel = open === 'above' ? number.gt(least, { error }) : number.min(least, { error });
  return oneOf<PerChannel, PerChannel>((value) =>
    Array.isArray(value) && value.length === 1
      ? z.tuple([channel], { error })
      : z.tuple([channel, channel, channel], { error }),
  );
}

/** A side in pixels, or a height and a width, of which equal ones are the side of a square, but for a resize. */
function sides(doc: string, isSquare: boolean) {
  const side = integer(1);
  const error = 'expected an integer of at least 1, or a height and a width, for example [224, 224]';
  const both = z
    .tuple([side, side], { error })
    .transform(([height, width]): Sides => (isSquare && height === width ? height : [height, width]));
  return oneOf<Sides, Sides>((value) => (Array.isArray(value) ? both : side))
    .nullable()
    .describe(doc);
}

const resize = sides(
  'length of the shorter side after a resize, or [height, width]; null keeps the size',
  false,
);
const interpolation = z
  .enum(interpolations, { error: `expected one of ${interpolations.join(', ')}` })
  .describe('how it is resized');
const crop = sides('side of the central crop, or [height, width]; null for none', true);
const truncated = z
  .enum(['error', 'load'], { error: 'expected "error" or "load"' })
  .optional()
  .describe('what becomes of a file that ends before its image does');

/** What a set changes of a network's preprocessing, as an experiment has it. */
export const preprocessChangeSchema = strictObject({
  resize: resize.optional(),
  interpolation: interpolation.optional(),
  crop: crop.optional(),
  truncated,
});

const written = strictObject({
  resize: resize.default(null),
  interpolation: interpolation.default('bilinear'),
  antialias: z
    .literal(true, {
      error:
        'expected true: without antialiasing torchvision resizes tensors by another algorithm, of which there is none ' +
        'here; leave it out, or put that resize into the network',
    })
    .optional()
    .describe('whether filters widen with the reduction: always, as in Pillow'),
  crop: crop.default(null),
  mean: channels('mean', -1, 1, 'from').describe('per channel, in the [0, 1] pixel range'),
  std: channels('standard deviation', 0, Infinity, 'above').describe(
    'per channel, in the [0, 1] pixel range',
  ),
  truncated,
});

/** What is written beside the name of a preset takes the place of what the preset says. */
const withPreset = z.preprocess((value, context) => {
  if (typeof value !== 'object' || value === null || !('preset' in value)) return value;
  const { preset: name, ...others } = value;
  const preset = typeof name === 'string' ? presetOf(name) : null;
  if (preset !== null) return { ...preset, ...others };
  context.addIssue({
    code: 'custom',
    path: ['preset'],
    message: `expected a preset (${shownPresets.join(', ')})`,
  });
  return z.NEVER;
}, written);

/** Preprocessing as it is written in a file or inside an experiment. */
export const preprocessSchema: z.ZodType<Preprocess> = withPreset
  .refine(({ mean, std }) => mean.length === std.length, {
    path: ['std'],
    error: 'expected as many numbers as mean has',
  })
  // What is so anyway is left out, as before it could be said.
  .transform(({ antialias: _, truncated, ...preprocess }) =>
    truncated === 'load' ? { ...preprocess, truncated } : preprocess,
  );

/**
 * Turns what a user wrote for `preprocess` into preprocessing: a preset's name, the path of a JSON file
 * (relative to `folder`), or the object itself.
 * @param fault makes the error of a value that is neither, saying where it was written
 * @throws InputError when it is none of these
 */
export async function resolvePreprocess(
  value: string | Preprocess,
  folder: string,
  fault: (text: string) => InputError,
): Promise<Preprocess> {
  if (typeof value !== 'string') return value;
  const preset = presetOf(value);
  if (preset !== null) return preset;
  const file = resolve(folder, value);
  if (!(await isFile(file))) {
    const remedy =
      didYouMean(value, Object.keys(preprocessPresets)) || `; name a preset, or give the path of a JSON file`;
    throw fault(
      `${show(value)} is neither a preset (${shownPresets.join(', ')}) nor a file (${shortened(file, 300)})${remedy}`,
    );
  }
  return validate(preprocessSchema, await readJson(file, 'preprocessing'), { file, path: [] });
}
