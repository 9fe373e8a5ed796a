import type { Command } from 'commander';

/** Values of the options that say which tensors count as parameters, and which are one. */
export interface ParameterFlags {
  readonly parameters?: readonly string[];
  readonly tie?: readonly string[];
  readonly untie?: readonly string[];
  readonly literals?: readonly string[];
  readonly trainable?: readonly string[];
}

/** What each says. */
const texts: Readonly<Record<keyof ParameterFlags, string>> = {
  parameters: 'restrict θ to these names (* = any characters) or roles (role:scale)',
  tie: 'tensors of equal values with these names are one parameter',
  untie: 'each use of the tensors with these names is a parameter of its own',
  literals: 'constants with these names are no parameters',
  trainable: 'constants with these names are parameters although they look like literals',
};

/** Their keys. */
export const parameterKeys = Object.keys(texts);

/** `--parameters`, `--tie`, `--untie`, `--literals`, `--trainable`, each with any number of patterns. */
export function parameterOptions(command: Command): Command {
  for (const [key, text] of Object.entries(texts)) command.option(`--${key} <pattern...>`, text);
  return command;
}

/** The same with one pattern each time, where names of files may follow. */
export function repeatedParameterOptions(command: Command): Command {
  const more = (pattern: string, before: readonly string[] = []): readonly string[] => [...before, pattern];
  for (const [key, text] of Object.entries(texts))
    command.option(`--${key} <pattern>`, `${text}; may be given several times`, more);
  return command;
}

/** Those that were given. */
export function parametersOf(flags: ParameterFlags): ParameterFlags {
  return Object.fromEntries(
    Object.entries(flags).filter(([key, patterns]) => parameterKeys.includes(key) && patterns !== undefined),
  );
}
