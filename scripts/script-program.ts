import { Command } from 'commander';
import { ignoreBrokenPipe } from '../pipeline/cli/broken-pipe.js';
import { describeFailure, describeUsageError } from '../pipeline/cli/failure.js';
import { isDebugging } from '../pipeline/cli/program.js';

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

/** Runs a script by this process's arguments; what its action throws is told in one line and decides the exit code. */
export async function runScript(program: Command): Promise<void> {
  ignoreBrokenPipe(process.stdout);
  ignoreBrokenPipe(process.stderr);
  try {
    await program.parseAsync(process.argv.slice(2), { from: 'user' });
  } catch (error) {
    const { exitCode, message } = describeFailure(error, program.name());
    if (message !== null) process.stderr.write(`${message}\n`);
    if (message !== null && isDebugging(process.argv, process) && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    process.exitCode = exitCode;
  }
}
