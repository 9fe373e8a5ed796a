import { InvalidArgumentError, Option } from 'commander';
import type { ClusterValue } from '../../cluster/value.js';

/** An option whose value a scheduler takes. */
export function valueOption(flags: string, description: string, { expected, accepts }: ClusterValue): Option {
  return new Option(flags, description).argParser((text) => {
    if (accepts(text)) return text;
    throw new InvalidArgumentError(`Expected ${expected}.`);
  });
}
