/** More of a name than this says no more. */
const longest = 120;

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/**
 * A name from a file as messages show it, always on one line: as it stands where every character can be seen, else
 * quoted, with escapes. A long one is cut.
 */
export function shown(name: string): string {
  const start = name.length > longest ? `${name.slice(0, longest)}…` : name;
  if (printable.test(start)) return start;
  return JSON.stringify(start).replaceAll(
    /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** How many of a list's entries messages show. */
const mostListed = 8;

/** Entries of a list as messages show them, separated by commas, the number of the others behind. */
export function listed(entries: readonly (string | number)[], most = mostListed): string {
  const rest = entries.length - most;
  const first = entries.slice(0, most).map(String).join(', ');
  return rest > 0 ? `${first} and ${rest} more` : first;
}

/** A short list as a sentence has it: `a, b and c`. By hand: the first Intl.ListFormat of a process takes 40 ms. */
export function inWords(entries: readonly string[]): string {
  const last = entries.at(-1) ?? '';
  return entries.length < 2 ? last : `${entries.slice(0, -1).join(', ')} and ${last}`;
}
