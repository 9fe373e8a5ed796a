import { Command } from 'commander';
import { InputError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { packageVersion } from '../store/package-version.js';
import type { CommandLine, RegisterCommand } from './command-line.js';
import { describeFailure, describeUsageError } from './failure.js';

/** The `grodin` program with the given commands; parsing throws instead of ending the process. */
export function createProgram(
  version: string,
  commands: readonly RegisterCommand[],
  line: CommandLine,
): Command {
  const program = new Command('grodin')
    .description('Out-of-domain detection at scale over any ONNX classifier')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('--debug', 'show the stack of an error (also by GRODIN_DEBUG=1)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: line.out,
      writeErr: line.err,
      outputError: (text, write) => write(describeUsageError(text)),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 bad usage or bad input, 75 interrupted but resumable.',
    );
  for (const register of commands) register(program, line);
  return program;
}

/**
 * Runs one command line.
 * @param args what stands behind `grodin`
 * @returns the exit code: 0 done, 1 failed, 2 bad usage or bad input, 75 interrupted but resumable
 */
export async function runProgram(
  args: readonly string[],
  commands: readonly RegisterCommand[],
  line: CommandLine,
): Promise<number> {
  nameSettingsAsOptions();
  try {
    refuseEmpty(args);
    const program = createProgram(await packageVersion(), commands, line);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    const { exitCode, message } = describeFailure(error);
    if (message !== null) line.err(`${message}\n`);
    if (message !== null && isDebugging(args, line) && error instanceof Error) line.err(`${error.stack}\n`);
    return exitCode;
  }
}

/** Mostly a variable of a shell that is not set; an empty path would stand for the working folder. */
function refuseEmpty(args: readonly string[]): void {
  const at = args.indexOf('');
  if (at < 0) return;
  const where = at === 0 ? 'the first argument' : `the argument behind ${args[at - 1]}`;
  throw new InputError(`${where} is empty; give it a value, or leave it out`);
}

/** Whether stacks are wished for: by `--debug`, or by GRODIN_DEBUG in the environment. */
export function isDebugging(args: readonly string[], { env }: Pick<CommandLine, 'env'>): boolean {
  const wish = env.GRODIN_DEBUG ?? '';
  return args.includes('--debug') || (wish !== '' && wish !== '0');
}
