import { InputError } from '../../stages/errors.js';

/** No set has so many files. */
const mostFiles = 1_000_000;

/**
 * The names that a pattern with braces stands for, as a shell has them: `a-{000..012}.tar` counts, with zeros in front if it
 * says so, and `a-{b,c}.tar` lists. A text without braces stands for itself.
 * @throws InputError where it stands for more names than any set has files
 */
export function expandBraces(pattern: string): readonly string[] {
  const found = /^(?<before>[^{]*)\{(?<inside>[^{}]*)\}(?<after>.*)$/s.exec(pattern)?.groups;
  const { before = '', inside = '', after = '' } = found ?? {};
  const choices = found === undefined ? null : choicesOf(pattern, inside);
  if (choices === null) return [pattern];
  const rests = expandBraces(after);
  if (choices.length * rests.length > mostFiles) throw tooMany(pattern);
  return choices.flatMap((choice) => rests.map((rest) => `${before}${choice}${rest}`));
}

function choicesOf(pattern: string, inside: string): readonly string[] | null {
  if (inside.includes(',')) return inside.split(',');
  const range = /^(?<from>\d{1,15})\.\.(?<to>\d{1,15})$/.exec(inside)?.groups;
  const { from = '', to = '' } = range ?? {};
  if (range === undefined) return null;
  const [first, last] = [Number(from), Number(to)];
  const count = Math.abs(last - first) + 1;
  if (count > mostFiles) throw tooMany(pattern);
  const isPadded = /^0\d|^0$/.test(from) || /^0\d/.test(to);
  const digits = isPadded ? Math.max(from.length, to.length) : 0;
  const step = last < first ? -1 : 1;
  return Array.from({ length: count }, (_, i) => String(first + i * step).padStart(digits, '0'));
}

const tooMany = (pattern: string): InputError =>
  new InputError(`${pattern}: stands for more than ${mostFiles} files; check the numbers in braces`);
