import { resolve } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../manifests/input/json-file.js';
import { shortened } from '../../manifests/input/printable.js';
import { didYouMean } from '../../manifests/input/suggestion.js';
import { integer, show, strictObject, validate } from '../../manifests/input/validate.js';
import { isFile } from '../../manifests/output/file-system.js';
import type { InputError } from '../../stages/errors.js';
import type { Preprocess } from './preprocess.js';
import { preprocessPresets } from './presets.js';

function channels(what: string, least: number, most: number, open: 'above' | 'from') {
  const error =
    `expected three numbers (R, G, B), each ${open} ${least}${most === Infinity ? '' : ` to ${most}`}: ` +
    `the ${what} of pixels in the [0, 1] range`;
  const number = z.number({ error }).max(most, { error });
  const channel = open === 'above' ? number.gt(least, { error }) : number.min(least, { error });
  return z.tuple([channel, channel, channel], { error });
}

const side = (doc: string) => integer(1).nullable().default(null).describe(doc);

/** Preprocessing as it is written in a file or inside an experiment. */
export const preprocessSchema: z.ZodType<Preprocess> = strictObject({
  resize: side('length of the shorter side after a resize; null keeps the size'),
  interpolation: z
    .enum(['bilinear', 'bicubic'], { error: 'expected "bilinear" or "bicubic"' })
    .default('bilinear')
    .describe('how it is resized'),
  crop: side('side of the central square crop; null for none'),
  mean: channels('mean', -1, 1, 'from').describe('per channel, in the [0, 1] pixel range'),
  std: channels('standard deviation', 0, Infinity, 'above').describe(
    'per channel, in the [0, 1] pixel range',
  ),
}).refine(({ resize, crop }) => resize === null || crop === null || crop <= resize, {
  path: ['crop'],
  error: 'expected a crop that is no larger than resize',
});

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
  if (Object.hasOwn(preprocessPresets, value)) {
    const preset = preprocessPresets[value];
    if (preset !== undefined) return preset;
  }
  const file = resolve(folder, value);
  if (!(await isFile(file))) {
    const presets = Object.keys(preprocessPresets);
    const remedy = didYouMean(value, presets) || `; name a preset, or give the path of a JSON file`;
    throw fault(
      `${show(value)} is neither a preset (${presets.join(', ')}) nor a file (${shortened(file, 300)})${remedy}`,
    );
  }
  return validate(preprocessSchema, await readJson(file, 'preprocessing'), { file, path: [] });
}
