import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command line as it is built. */
export const main = fileURLToPath(new URL('../../pipeline/cli/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line in a process of its own. */
export async function grodin(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env } };
    const child = execFile(process.execPath, [main, ...args], options, (_, out, err) => {
      resolve({ code: child.exitCode, out, err });
    });
  });
}
