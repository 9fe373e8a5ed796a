/** A further option of sbatch. */
export interface SbatchOption {
  /** With its dashes. */
  readonly name: string;
  /** Without quotes; undefined where it has none. */
  readonly value: string | undefined;
}

/**
 * Reads `--name`, `--name=value` or `--name value`; the value may be in quotes.
 * @returns null where it is none, or several
 */
export function parseSbatchOption(line: string): SbatchOption | null {
  const [, name, given] = /^(--[a-z][\w-]*)(?:(?:=|\s+)([^\p{Cc}]+))?$/u.exec(line.trim()) ?? [];
  if (name === undefined) return null;
  if (given === undefined) return { name, value: undefined };
  const [, , quoted] = /^(["'])(.*)\1$/.exec(given) ?? [];
  // Within quotes everything is of the value. Without, what looks like another option would be lost in it.
  if (quoted === undefined ? /["']|\s-/.test(given) : /["'\\]/.test(quoted)) return null;
  return { name, value: quoted ?? given };
}
