import { InputError } from '../../../stages/errors.js';

/** A text as one word of bash. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Words as a command line of bash. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** A line by which a script tells sbatch an option. */
export function sbatchLine(option: string, value?: string): string {
  if (value === undefined) return `#SBATCH --${option}`;
  const plain = /^[\w@%+=:,./-]+$/.test(value);
  return `#SBATCH --${option}=${plain ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`}`;
}

/**
 * The path of a log as sbatch reads it, in which `%` begins a word that it replaces.
 * @param folder absolute @param name may have such words
 */
export function logPath(folder: string, name: string): string {
  return `${folder.replaceAll('%', '%%')}/${name}`;
}

/** Refuses a path that can't stand in a line of a script. @param what names it in the message */
export function requireOneLine(what: string, path: string): void {
  if (/[\p{Cc}\\]/u.test(path))
    throw new InputError(
      `${what}: found ${JSON.stringify(path)}, which a batch script can't name; take a path without line breaks and backslashes`,
    );
}
