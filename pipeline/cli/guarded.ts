import { endWithParent } from '../processes/process-group.js';
import type { RegisterCommand } from './command-line.js';
import { describeFailure } from './failure.js';
import { isDebugging, runProgram } from './program.js';
import { standardStreams } from './standard-streams.js';
import { failedToLoad } from './stops.js';

/** What a guard tells the process of its command: what stands behind `grodin`. */
export interface ToCommand {
  readonly args: readonly string[];
  /** Whether notes end up on a terminal. */
  readonly terminal: boolean;
}

/** What the process of a command tells its guard: a folder that it is about to write to. */
export interface FromCommand {
  readonly writesIn: string;
}

/**
 * Makes this process that of a guarded command: it waits for its guard's order, carries it out and ends. The command
 * line does not come as arguments, since ONNX Runtime crashes in a process whose arguments are longer than about 28 000
 * characters.
 * @param commandsFor loads the commands that a command line may be about
 * @param temporary the folder that its guard made for what is temporary, removed should the guard be gone; null for
 *   none
 */
export function serveGuard(
  commandsFor: (args: readonly string[]) => Promise<readonly RegisterCommand[]>,
  temporary: string | null,
): void {
  process.once('message', ({ args, terminal }: ToCommand) => {
    // From here on the channel only tells that the guard is there.
    process.channel?.unref();
    const commands = commandsFor(args).catch((error: unknown) => process.exit(failedToLoad('grodin')(error)));
    void commands.then((loaded) => work(args, loaded, terminal));
  });
  endWithParent(temporary);
}

async function work(
  args: readonly string[],
  commands: readonly RegisterCommand[],
  terminal: boolean,
): Promise<void> {
  const streams = standardStreams();
  // Errors that nobody catches are reported like all others.
  process.on('uncaughtException', (error) => {
    const { exitCode, message } = describeFailure(error);
    if (message !== null) streams.err(`${message}\n`);
    if (isDebugging(args, process)) streams.err(`${error.stack}\n`);
    process.exit(exitCode);
  });
  const exitCode = await runProgram(args, commands, {
    ...streams,
    env: process.env,
    terminal,
    stops: null,
    writesIn: (writesIn) => void process.send?.({ writesIn } satisfies FromCommand),
  });
  process.exitCode = await streams.end(exitCode);
}
