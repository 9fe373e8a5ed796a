import { InvalidArgumentError, Option } from 'commander';
import type { Wave } from '../../../workers/store/planned-shard.js';

/** `--wave`: the last wave that is scored. */
export function waveOption(): Option {
  return new Option(
    '--wave <n>',
    'end when the scores of this wave are there, and make no tables: 1, validation images, or 2, test images too',
  ).argParser((text): Wave => {
    if (text === '1') return 1;
    if (text === '2') return 2;
    throw new InvalidArgumentError('Expected 1 or 2.');
  });
}
