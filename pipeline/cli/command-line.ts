import type { Command } from 'commander';
import type { Stops } from './stops.js';

/** What a command line is run with, so that tests can run it inside their own process. */
export interface CommandLine {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether notes are shown on a terminal. */
  readonly terminal: boolean;
  /** What decides what a signal does; null where another process sees to that. */
  readonly stops: Stops | null;
  /**
   * Tells of a folder that files are about to be written to. Should the command be stopped half-way, what is unfinished
   * there is removed.
   */
  readonly writesIn: (folder: string) => void;
}

/**
 * Adds one command to the program. Its action writes results by `line.out` and notes by `line.err`, and throws a
 * GrodinError for what the user should read.
 */
export type RegisterCommand = (program: Command, line: CommandLine) => void;
