import type { JudgedImage } from '../workers/judge-images.js';
import type { FailedImage } from '../workers/score-images.js';
import { requireModelFile, requireTexts } from './arguments.js';
import { type JobOptions, partsApart } from './jobs/apart.js';
import type { JudgeSettings } from './jobs/judge-files.js';
import { checkedOptions } from './options.js';

/** By which detector of which run image files are judged, how to follow the work, and how to stop it. */
export interface JudgeOptions extends JudgeSettings, JobOptions {}

/**
 * Judges image files by a detector that a run has found, at its cell and threshold, in a process of its own; verdicts come in
 * the order of the paths, and the process ends with the iteration.
 * @param file path of the ONNX file that the run scored
 * @throws InputError naming an argument or option that is none, or out of bounds; where the run has no such model, detector or
 * set, or no threshold for it
 * @throws RunFailedError where the run is not finished
 * @throws InputError or ModelError naming the file; an image that can't be read is a FailedImage, not an error
 * @throws InterruptedError when `signal` was aborted
 */
export async function* judge(
  file: string,
  paths: readonly string[],
  options: JudgeOptions,
): AsyncGenerator<JudgedImage | FailedImage, void, undefined> {
  requireModelFile('judge', file);
  requireTexts('judge', 'paths', paths, 'paths of image files');
  const { signal, onNote, ...settings } = checkedOptions('judge', options);
  for await (const batch of partsApart('judge', [file, paths, settings], { signal, onNote }))
    for (const result of batch) {
      // The next batch is refused then.
      if (signal?.aborted) break;
      yield result;
    }
}
