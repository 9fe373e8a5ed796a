import { requireModelFile, requirePath } from './arguments.js';
import {
  type DetectorSettings,
  type WrittenDetector,
  writeDetectorFile,
} from './deployment/write-detector.js';
import { checkedOptions } from './options.js';

/** Which detector of which run is written, how it is compiled, and who is told about the model. */
export interface DetectorOptions extends DetectorSettings {
  /** Told in one line each what users of the verdicts should know of the model. What it throws is what the call throws. */
  readonly onNote?: ((text: string) => void) | undefined;
}

/**
 * Writes a detector that a run has found as one ONNX file, whole or not at all: `image` float32 [N, C, H, W] (preprocessed) →
 * `score` float32 [N], `is_out_of_domain` bool [N], and `predicted` int64 [N], the class of the image as it is. ε, T and δ are
 * inside, and what else is to be known of it, as its preprocessing, under `grodin.detector` in the file's metadata, as JSON.
 * @param file path of the ONNX file that the run scored
 * @param output path of the detector
 * @throws as `judge`; InputError or RunFailedError naming the output, where it can't be written
 */
export async function writeDetector(
  file: string,
  output: string,
  options: DetectorOptions,
): Promise<WrittenDetector> {
  requireModelFile('writeDetector', file);
  requirePath('writeDetector', 'output', output, 'the path of the detector');
  const { onNote, ...settings } = checkedOptions('writeDetector', options);
  const written = await writeDetectorFile(file, output, settings);
  for (const note of written.notes) await onNote?.(note);
  return written;
}
