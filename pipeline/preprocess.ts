import type { Preprocess, WholePreprocess } from '../workers/images/preprocess.js';
import type { FailedImage } from '../workers/score-images.js';
import { requireTexts } from './arguments.js';
import { type JobOptions, partsApart } from './jobs/apart.js';
import type { PixelSettings, PreprocessedImage } from './jobs/preprocess-files.js';
import { checkedOptions } from './options.js';
import { type CorruptOption, resolvedCorruption } from './resolved-corruption.js';

/** How images become what a network is fed, and how to stop the work. */
export interface PreprocessOptions
  extends Omit<PixelSettings, 'corrupt' | 'preprocess'>,
    Pick<JobOptions, 'signal'>,
    CorruptOption {
  /** Without a resize or a crop unless it says so, bilinear. */
  readonly preprocess: WholePreprocess;
}

/**
 * Gives what a network would be fed of image files, in the order of the paths, in a process of its own that ends with the
 * iteration: to compare it with what another pipeline makes of them.
 * @param paths of image files, or of images in files of many (`val.tar#512+77`, `fog.npy#3`)
 * @throws InputError naming an argument or option that is none, or out of bounds; an image that can't be read, or comes out
 * at another size than the first, is a FailedImage
 * @throws InterruptedError when `signal` was aborted
 */
export async function* preprocess(
  paths: readonly string[],
  options: PreprocessOptions,
): AsyncGenerator<PreprocessedImage | FailedImage, void, undefined> {
  requireTexts('preprocess', 'paths', paths, 'paths of image files');
  const { signal, corrupt, ...others } = checkedOptions('preprocess', options);
  // What it leaves out was filled in.
  const how = others.preprocess as Preprocess;
  const settings = { ...others, preprocess: how, ...(await resolvedCorruption('preprocess', { corrupt })) };
  for await (const some of partsApart('preprocess', [paths, settings], { signal }))
    for (const image of some) {
      if (signal?.aborted) break;
      yield image;
    }
}
