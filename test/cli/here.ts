import PQueue from 'p-queue';
import type { RegisterCommand } from '../../pipeline/cli/command-line.js';
import { commandsFor } from '../../pipeline/cli/commands/all.js';
import { runProgram } from '../../pipeline/cli/program.js';
import type { Finished } from './built.js';

/** One at a time, since each changes the working folder of this process. */
const turns = new PQueue({ concurrency: 1 });

/**
 * A command line within this process: for tests of what a command prints, writes, refuses and ends with, which is the same
 * without a process of its own. Starting that, its guard and its modules costs a second, more than most commands work. What
 * does depend on processes (signals, standard streams, what native code prints) is tested with `grodin` of `built.ts`.
 * @param env variables that the command reads, beside those of this process
 */
export function grodinHere(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  return turns.add(() => runHere(args, cwd, env));
}

async function runHere(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Finished> {
  let out = '';
  let err = '';
  const folder = process.cwd();
  const { GRODIN_SETTINGS: named } = process.env;
  process.chdir(cwd);
  try {
    const code = await runProgram(args, await commandsOf(args), {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      env: { ...process.env, ...env },
      terminal: false,
      stops: null,
      writesIn: () => {},
    });
    return { code, out, err };
  } finally {
    process.chdir(folder);
    // Messages of library calls in the same test file name settings as code writes them.
    if (named === undefined) delete process.env.GRODIN_SETTINGS;
    else process.env.GRODIN_SETTINGS = named;
  }
}

/** `run` too has no process or thread of its own here. */
async function commandsOf(args: readonly string[]): Promise<readonly RegisterCommand[]> {
  if (args[0] !== 'run') return commandsFor(args);
  const [{ registerRunBy }, { runInProcess }] = await Promise.all([
    import('../../pipeline/cli/commands/run.js'),
    import('../../scripts/drills/in-process.js'),
  ]);
  return [registerRunBy(runInProcess)];
}
