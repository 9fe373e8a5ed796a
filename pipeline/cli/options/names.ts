import { InvalidArgumentError, Option } from 'commander';

/** An option that takes names with commas between them, and may be given several times. */
export function namesOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string, before: readonly string[] | undefined) => {
    const names = text.split(',').map((name) => name.trim());
    if (names.includes('')) throw new InvalidArgumentError('Expected names with commas between them.');
    return [...(before ?? []), ...names];
  });
}
