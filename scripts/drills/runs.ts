import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const grodin = fileURLToPath(new URL('../../pipeline/cli/main.js', import.meta.url));

/** A `grodin run` that was started. */
export interface StartedRun {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
}

/** Starts `grodin run` with one worker. */
export function startRun(
  experiment: string,
  out: string,
  environment: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
): StartedRun {
  const child = spawn(
    process.execPath,
    [grodin, 'run', experiment, '--out', out, '--workers', '1', ...more],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, GRODIN_CACHE: 'off', ...environment },
    },
  );
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = once(child, 'exit').then(([code]) => ({ code, err }));
  return { child, ended };
}

/** The child processes of a process, on Linux. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(parent) === pid) children.push(Number(name));
  }
  return children;
}

/** sha256 of every file of a run that must be equal byte for byte, by path; and of whatever should not be there. */
export async function runBytes(out: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of (await readdir(out, { recursive: true })).sort()) {
    const isResult = /^(shards|tables|plan)\/|^\w+\.arrow$/.test(name);
    const isLeft = /\.tmp-|^leases/.test(name);
    if (isLeft) found.set(name, 'left behind');
    else if (isResult && !name.endsWith('/'))
      found.set(
        name,
        createHash('sha256')
          .update(await readFile(join(out, name)))
          .digest('hex'),
      );
  }
  return found;
}

/** Paths at which two runs differ. */
export function differences(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path)).sort();
}
