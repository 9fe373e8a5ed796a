import type { ShownDetector, UsualDetector } from '../stages/detectors/index.js';
import type { Preprocess, WholePreprocess } from '../workers/images/preprocess.js';
import type { FailedImage, ScoredImage } from '../workers/score-images.js';
import { requireModelFile, requireTexts } from './arguments.js';
import { type JobOptions, partsApart } from './jobs/apart.js';
import type { ScoreSettings } from './jobs/score-files.js';
import { checkedOptions } from './options.js';
import { type CorruptOption, resolvedCorruption } from './resolved-corruption.js';

/** What image files are scored with, how to follow the work, and how to stop it. */
export interface ScoreOptions<Name extends ShownDetector = UsualDetector>
  extends Omit<ScoreSettings, 'corrupt' | 'detectors' | 'preprocess'>,
    JobOptions,
    CorruptOption {
  /** The detectors whose scores are wanted. Default: MSP, ML, ODIN, G and SG. */
  readonly detectors?: readonly Name[] | undefined;
  /**
   * How images become the network's input; without a resize or a crop unless it says so, bilinear. By default `imagenet` of
   * `preprocessPresets` for networks that take 224×224 images (`imagenet-c` where they are corrupted first), `cifar10` for
   * those that take 32×32, and `mnist` for grey ones of 28×28.
   */
  readonly preprocess?: WholePreprocess | undefined;
}

/**
 * Scores image files with one model at one (ε, T), in a process of its own; results come in the order of the paths. Nothing
 * is done ahead of the batch that is iterated over, and the process ends with the iteration, by whatever way: the last
 * image, `break`, an error or `signal`.
 * @param file path of the ONNX file
 * @throws InputError naming an argument or option that is none, or out of bounds, or a detector that is fitted by runs
 * @throws UnknownDetectorError for a detector that there is not
 * @throws InputError or ModelError naming the file; an image that can't be read is a FailedImage, not an error
 * @throws DeviceError where the device can't be used, with what is missing
 * @throws InterruptedError when `signal` was aborted
 */
export async function* score<const Name extends ShownDetector = UsualDetector>(
  file: string,
  paths: readonly string[],
  options: ScoreOptions<Name> = {},
): AsyncGenerator<ScoredImage<Name> | FailedImage, void, undefined> {
  requireModelFile('score', file);
  requireTexts('score', 'paths', paths, 'paths of image files');
  const { signal, onNote, corrupt, ...others } = checkedOptions('score', options);
  // What it leaves out was filled in.
  const preprocess = others.preprocess as Preprocess | undefined;
  const settings = { ...others, preprocess, ...(await resolvedCorruption('score', { corrupt })) };
  const batches = partsApart('score', [file, paths, settings], { signal, onNote });
  for await (const batch of batches)
    for (const result of batch) {
      // The next batch is refused then.
      if (signal?.aborted) break;
      // Of the detectors that were named.
      yield result as ScoredImage<Name> | FailedImage;
    }
}
