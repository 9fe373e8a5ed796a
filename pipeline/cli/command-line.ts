import type { Command } from 'commander';

/** What a command line is run with, so that tests can run it inside their own process. */
export interface CommandLine {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Adds one command to the program. Its action writes results by `line.out` and notes by `line.err`, and throws a
 * GrodinError for what the user should read.
 */
export type RegisterCommand = (program: Command, line: CommandLine) => void;
