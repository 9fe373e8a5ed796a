import { InvalidArgumentError, Option } from 'commander';
import type { Share } from '../../pool/share.js';

/** `--shard i/n`: a part of the shards that is this process's alone. */
export function shareOption(): Option {
  return new Option(
    '--shard <i/n>',
    'score only the i-th of n parts of the shards of each wave, the others being left to processes with the other numbers ' +
      '(default: whatever nobody else is at)',
  ).argParser((text): Share => {
    const [, index = 0, count = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
    if (index >= 1 && index <= count) return { index, count };
    throw new InvalidArgumentError('Expected a part of all, for example 1/4 to 4/4.');
  });
}
