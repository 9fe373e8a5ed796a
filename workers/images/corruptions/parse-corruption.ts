import { resolve } from 'node:path';
import { z } from 'zod';
import { usualCorruptions } from '../../../manifests/corruptions.js';
import {
  type CorruptionCell,
  type CorruptionInput,
  type CorruptionSetting,
  corruptionCell,
  corruptionForms,
  needsFrost,
  type Severity,
  type WrittenCorruption,
} from '../../../manifests/imagenet/corruptions.js';
import { show } from '../../../manifests/input/show.js';
import { didYouMean } from '../../../manifests/input/suggestion.js';
import { integer, oneOf, strictObject } from '../../../manifests/input/validate.js';
import { InputError } from '../../../stages/errors.js';

const name = z.string({ error: 'expected the name of a corruption' }).superRefine((value, context) => {
  if (usualCorruptions.includes(value)) return;
  const remedy =
    didYouMean(value, usualCorruptions) || `; the corruptions are ${usualCorruptions.join(', ')}`;
  context.addIssue({ code: 'custom', message: `expected the name of a corruption${remedy}` });
});
const severity = integer(1, 5).pipe(z.custom<Severity>());
const seed = integer(0);
const forms = corruptionForms.map((one) => JSON.stringify(one)).join(' or ');
/** The name of a set whose definition corruptions may have. */
export const corruptionForm = z.enum(corruptionForms, { error: `expected ${forms}` });
const folderError = 'expected the path of a folder';
const folder = z.string({ error: folderError }).min(1, { error: folderError });

const writtenOut = strictObject({
  corruption: name.describe('one of ImageNet-C'),
  severity: severity.describe('from 1 to 5'),
  seed: seed.default(0).describe('seed of its draws'),
  form: corruptionForm
    .optional()
    .describe('the set whose definition it has: imagenet-c (default) or cifar-10-c'),
  textures: folder.optional().describe("folder of frost's textures"),
});

const named = z.string().transform((value, context): WrittenCorruption => {
  try {
    return { ...corruptionCell(value, (text) => new InputError(text)), seed: 0 };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

const expected =
  'expected a corruption and its severity, for example "glass_blur:5", or an object with corruption, severity, seed, form, textures';

/** A corruption as it is written in an experiment or in code: `glass_blur:5`, or all of it. */
export const corruptionSchema = oneOf<WrittenCorruption, string | CorruptionInput>((value) => {
  if (typeof value === 'string') return named;
  return typeof value === 'object' && value !== null ? writtenOut : z.never({ error: expected });
});

/** A corruption whose textures were looked at. */
export const corruptionSettingSchema: z.ZodType<CorruptionSetting> = strictObject({
  corruption: name,
  severity,
  seed,
  form: z.literal('cifar-10-c').optional(),
  textures: strictObject({ folder, sha256: z.string() }).readonly().optional(),
}).readonly();

/**
 * Makes a corruption that was written one that images can be given, which for frost means to look at its textures.
 * @param from the folder that the path of the textures starts from
 * @param texturesAre how whoever wrote it names the textures: an option or a key
 * @param fault makes the error of one that can't be used, saying where it was written
 * @throws InputError where frost has no textures, or they can't be used, and where another has some
 */
export async function resolveCorruption(
  { textures: written, form, ...cell }: WrittenCorruption,
  from: string,
  texturesAre: string,
  fault: (text: string) => InputError,
): Promise<CorruptionSetting> {
  // Nothing is said of the usual form, as before there was another.
  const corruption = { ...cell, ...(form === 'cifar-10-c' ? { form } : {}) };
  if (needsFrost(corruption)) {
    if (written === undefined)
      throw fault(
        `frost needs photographs of frost, which are not part of grodin; name their folder with ${texturesAre}`,
      );
    const folder = resolve(from, written);
    // Only here, since it loads a decoder, and experiments are read in the processes of callers.
    const { readFrostTextures } = await import('./frost-textures.js');
    return {
      ...corruption,
      textures: {
        folder,
        sha256: (await readFrostTextures(folder, { ...(form && { form }), fault })).sha256,
      },
    };
  }
  if (written === undefined) return corruption;
  throw fault(
    `found ${texturesAre} ${show(written)}, but ${corruption.corruption} takes no textures; drop it`,
  );
}

/**
 * Checks that there are textures where one of several corruptions needs them, and none where none does.
 * @throws InputError as `resolveCorruption`
 */
export async function checkTextures(
  cells: readonly CorruptionCell[],
  { form, textures }: Pick<CorruptionInput, 'form' | 'textures'>,
  texturesAre: string,
  fault: (text: string) => InputError,
): Promise<void> {
  const checked = cells.find(needsFrost) ?? (textures === undefined ? undefined : cells[0]);
  if (checked !== undefined)
    await resolveCorruption({ ...checked, seed: 0, form, textures }, process.cwd(), texturesAre, fault);
}
