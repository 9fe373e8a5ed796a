import { CommanderError } from 'commander';
import { shortened } from '../../manifests/input/printable.js';
import { knownError } from '../processes/known-error.js';
import { exitCodes } from './exit-codes.js';

/** What the command line says of an error, and the exit code it ends with. */
export interface Failure {
  readonly exitCode: number;
  /** One line without its end, or null where it has been said already. */
  readonly message: string | null;
}

/**
 * Turns whatever a command threw into an exit code and one line. Errors that were not thrown on purpose say how
 * to see their stack.
 */
export function describeFailure(error: unknown, program = 'grodin'): Failure {
  // Commander has printed its message, or the help that was asked for, by then.
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? 0 : exitCodes.input, message: null };
  }
  const known = knownError(error);
  if (known) return { exitCode: exitCodes[known.kind], message: `${program}: ${oneLine(known.message)}` };
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const hint = 'this is a bug in grodin; show where with --debug or GRODIN_DEBUG=1';
  return { exitCode: exitCodes.failed, message: `${program}: unexpected ${oneLine(what)} (${hint})` };
}

/** Commander's `error: unknown command 'scor'\n(Did you mean score?)` as one line. */
export function describeUsageError(text: string, program = 'grodin'): string {
  return `${program}: ${oneLine(text.replace(/^error: /, '')).replace(/\.$/, '')}; see ${program} --help\n`;
}

/** Longer messages are cut: a path or a value of megabytes in one would hide what is wrong with it. */
const longestMessage = 4_000;

function oneLine(text: string): string {
  return shortened(text.trim().replaceAll(/\s*\n\s*/g, ' '), longestMessage);
}
