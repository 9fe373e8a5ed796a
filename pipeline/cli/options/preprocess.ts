import { Option } from 'commander';
import { InputError } from '../../../stages/errors.js';
import { resolvePreprocess } from '../../../workers/images/parse-preprocess.js';
import type { Preprocess } from '../../../workers/images/preprocess.js';
import { shownPresets } from '../../../workers/images/presets.js';

/** `--preprocess imagenet|cifar10|…|FILE.json`; its value is text, see `preprocessOf`. */
export function preprocessOption(): Option {
  return new Option(
    '--preprocess <how>',
    `how an image becomes the network's input: ${shownPresets.join(', ')}, or a JSON file with resize, interpolation, crop, mean, std, truncated`,
  );
}

/**
 * Reads the value of `--preprocess`; files are looked for from the working folder.
 * @throws InputError when it is neither a preset nor a good file
 */
export async function preprocessOf(value: string): Promise<Preprocess> {
  return resolvePreprocess(value, process.cwd(), (text) => new InputError(`--preprocess: ${text}`));
}
