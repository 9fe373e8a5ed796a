/**
 * What a terminal, or who reads one, could take for something else than text: control characters (C0, DEL, C1), marks
 * that turn the direction of writing, and line ends that only some programs see.
 */
const unprintable = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * A text as it may be printed, whatever a file name or a library's message brought into it: what a terminal would obey
 * is written out, for example `\x1b`. Line ends (`\n`) are kept.
 */
export function printable(text: string): string {
  return text.replace(unprintable, written);
}

/** As `printable`, for one cell or one line of a larger text: line ends are written out too. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n');
}

/**
 * A value as one line of JSON that may be printed: what JSON leaves as it is and a terminal would obey is escaped inside
 * its strings, so that who parses it gets the exact value.
 */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value);
  return `${text.replace(unprintable, (character) => `\\u${hex(character, 4)}`)}\n`;
}

/** Whether a text can be written as UTF-8: halves of surrogate pairs would silently become another character. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** A long text cut in its middle, as what is wrong is mostly told at its end. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const half = Math.floor((longest - 5) / 2);
  return `${text.slice(0, half)} ... ${text.slice(-half)}`;
}

function written(character: string): string {
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  return character < '\u0100' ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
