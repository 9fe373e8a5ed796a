import type { CorruptionInput, CorruptionSetting } from '../manifests/imagenet/corruptions.js';
import { inputFault } from '../manifests/input/input-fault.js';
import { validate } from '../manifests/input/validate.js';
import { corruptionSchema, resolveCorruption } from '../workers/images/corruptions/parse-corruption.js';

/** The option of a function of the library that has its images corrupted first. */
export interface CorruptOption {
  /** A corruption of ImageNet-C and its severity, for example `glass_blur:5`, or all of it. Default: none. */
  readonly corrupt?: string | CorruptionInput | undefined;
}

/**
 * The option with its textures looked at, which are looked for from the working folder.
 * @param of the function, as errors name it
 * @throws InputError naming function and option
 */
export async function resolvedCorruption(
  of: string,
  { corrupt }: CorruptOption,
): Promise<{ readonly corrupt?: CorruptionSetting }> {
  if (corrupt === undefined) return {};
  const source = { file: of, path: ['corrupt'] };
  const written = validate(corruptionSchema, corrupt, source);
  const fault = (text: string) => inputFault(source, text);
  return { corrupt: await resolveCorruption(written, process.cwd(), 'corrupt.textures', fault) };
}
