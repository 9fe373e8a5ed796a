import { InvalidArgumentError, Option } from 'commander';

/** An option that takes names of one run with commas between them, and `=NAME` behind those that another run calls otherwise. */
export function otherNamesOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(
    (text: string, before: Readonly<Record<string, string>> | undefined) => {
      const names = new Map(Object.entries(before ?? {}));
      for (const item of text.split(',')) {
        const [first = '', second = first, ...more] = item.split('=').map((name) => name.trim());
        if (first === '' || second === '' || more.length > 0)
          throw new InvalidArgumentError('Expected names with commas between them, as a,b=c.');
        if (names.has(first)) throw new InvalidArgumentError(`${first} is there twice.`);
        names.set(first, second);
      }
      return Object.fromEntries(names);
    },
  );
}
