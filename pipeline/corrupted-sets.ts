import {
  usualValidation,
  type WrittenSets,
  writeCorruptedSets as write,
} from '../manifests/corrupted-sets.js';
import { type CorruptionForm, corruptionCells } from '../manifests/imagenet/corruptions.js';
import { inputFault } from '../manifests/input/input-fault.js';
import { checkTextures } from '../workers/images/corruptions/parse-corruption.js';
import { requirePath } from './arguments.js';
import { checkedOptions } from './options.js';

/** Which sets of corrupted images there are. */
export interface CorruptedSetsOptions {
  /** Corruptions of ImageNet-C with or without a severity (`glass_blur,fog:3`), or `all`, which is the default. */
  readonly corrupt?: string | undefined;
  /** The set whose definition they have: `imagenet-c`, the default, or `cifar-10-c`, for images of 32×32 pixels. */
  readonly form?: CorruptionForm | undefined;
  /** Rows of each corruption, of all its severities together, to tune on. Default: 600. */
  readonly validation?: number | undefined;
  /** Seed of the draws. Default: 0. */
  readonly seed?: number | undefined;
  /** The folder of frost's photographs, which it can't do without. */
  readonly textures?: string | undefined;
}

/**
 * Writes `sets.json`, the part of an experiment that has a set for each corruption and severity of one manifest's images, which
 * are corrupted when they are read.
 * @param file the manifest of the clean images
 * @param folder where it is written
 * @throws InputError naming an argument, an option or a file that can't be used
 */
export async function writeCorruptedSets(
  file: string,
  folder: string,
  options: CorruptedSetsOptions = {},
): Promise<WrittenSets> {
  requirePath('writeCorruptedSets', 'file', file, 'the path of a manifest');
  requirePath('writeCorruptedSets', 'folder', folder, 'the path of a folder');
  const given = checkedOptions('writeCorruptedSets', options);
  const { corrupt = 'all', validation = usualValidation, seed = 0, form, textures } = given;
  const fault = (text: string) => inputFault({ file: 'writeCorruptedSets', path: ['corrupt'] }, text);
  const cells = corruptionCells(corrupt, fault);
  await checkTextures(cells, { form, textures }, 'textures', fault);
  return write(file, folder, { cells, form, validation, seed, textures });
}
