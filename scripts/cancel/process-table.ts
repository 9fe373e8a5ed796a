import { readdir, readFile, readlink } from 'node:fs/promises';
import { resolve } from 'node:path';

/** A process of this machine, as Linux shows it. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  /** Its command line. */
  readonly words: readonly string[];
  /** What paths of its command line are relative to; null where this user may not know. */
  readonly folder: string | null;
}

/** The processes of this machine, by their number; none where the system doesn't list them in `/proc`. */
export async function listProcesses(): Promise<ReadonlyMap<number, ListedProcess>> {
  const names = await readdir('/proc').catch((): string[] => []);
  const found = new Map<number, ListedProcess>();
  for (const name of names.filter((one) => /^\d+$/.test(one))) {
    const [stat, line, folder] = await Promise.all([
      readFile(`/proc/${name}/stat`, 'latin1').catch(() => ''),
      readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''),
      readlink(`/proc/${name}/cwd`).catch(() => null),
    ]);
    // The name, in parentheses, may hold anything; state and parent are the fields after it.
    const [state = 'Z', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || line === '') continue;
    const pid = Number(name);
    found.set(pid, { pid, parent: Number(parent), words: line.split('\0').slice(0, -1), folder });
  }
  return found;
}

/** Whether a process is a `grodin run`, or a launcher of some, on a run directory. @param out its absolute path */
export function worksOn({ words, folder }: ListedProcess, out: string): boolean {
  const program = words.findIndex((word) =>
    /(?:^|\/)(?:grodin|main\.js|tethered\.js|launch-local(?:\.js)?)$/.test(word),
  );
  if (program < 0) return false;
  const args = words.slice(program + 1);
  if (!/launch-local/.test(words[program] ?? '') && !args.includes('run')) return false;
  return args.some((word, at) => {
    const given = word === '--out' ? args[at + 1] : /^--out=(.*)$/s.exec(word)?.[1];
    return given !== undefined && resolve(folder ?? '/', given) === out;
  });
}
