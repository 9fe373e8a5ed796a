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

/** `--truncated error|load`, which goes before what `--preprocess` says. */
export function truncatedOption(): Option {
  return new Option(
    '--truncated <what>',
    'what becomes of a file that ends before its image does: error, or load, which takes the rest for grey or black as Pillow does with LOAD_TRUNCATED_IMAGES',
  ).choices(['error', 'load']);
}

/**
 * Reads the value of `--preprocess`; files are looked for from the working folder.
 * @param truncated the value of `--truncated`, where it was given
 * @throws InputError when it is neither a preset nor a good file
 */
export async function preprocessOf(value: string, truncated?: 'error' | 'load'): Promise<Preprocess> {
  const preprocess = await resolvePreprocess(
    value,
    process.cwd(),
    (text) => new InputError(`--preprocess: ${text}`),
  );
  if (truncated === undefined) return preprocess;
  const { truncated: _, ...others } = preprocess;
  return truncated === 'load' ? { ...others, truncated } : others;
}
