import { Command } from 'commander';
import { describeFailure, describeUsageError } from '../pipeline/cli/failure.js';
import { isDebugging } from '../pipeline/cli/program.js';
import { type StandardStreams, standardStreams } from '../pipeline/cli/standard-streams.js';
import { nameSettingsAsOptions } from '../stages/setting.js';

/**
 * A script's command line: bad usage is told in one line, as the command line of grodin tells it.
 * @param stacks whose stacks --debug shows
 */
export function scriptProgram(name: string, description: string, stacks = 'an error'): Command {
  return new Command(name)
    .description(description)
    .helpOption('-h, --help', 'print help')
    .option('--debug', `show the stack of ${stacks} (also by GRODIN_DEBUG=1)`)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(describeUsageError(text, name)) });
}

/**
 * Runs a script; what its action throws is told in one line.
 * @param program its action may leave an exit code in `process.exitCode`
 * @param args default: this process's arguments
 * @returns the exit code
 */
export async function runScript(
  program: Command,
  streams: StandardStreams = standardStreams(program.name()),
  args: readonly string[] = process.argv.slice(2),
): Promise<number> {
  nameSettingsAsOptions();
  try {
    program.configureOutput({ writeOut: streams.out, writeErr: streams.err });
    await program.parseAsync([...args], { from: 'user' });
    return await streams.end(Number(process.exitCode ?? 0));
  } catch (error) {
    const { exitCode, message } = describeFailure(error, program.name());
    if (message !== null) streams.err(`${message}\n`);
    if (message !== null && isDebugging(process.argv, process) && error instanceof Error)
      streams.err(`${error.stack}\n`);
    return await streams.end(exitCode);
  }
}
