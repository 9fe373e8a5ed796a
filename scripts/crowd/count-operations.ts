import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Requests to a file system other than reading and writing files that are open, by kind. */
export type OperationCounts = Map<string, number>;

const counting = new AsyncLocalStorage<OperationCounts>();

/** How many requests each function of Node.js makes: `rm` looks first, and whole files are opened. */
const requests: Readonly<Record<string, number>> = {
  access: 1,
  lstat: 1,
  stat: 1,
  statfs: 1,
  open: 1,
  readFile: 1,
  writeFile: 1,
  appendFile: 1,
  copyFile: 2,
  link: 1,
  unlink: 1,
  rename: 1,
  rm: 2,
  rmdir: 1,
  mkdir: 1,
  readdir: 1,
  utimes: 1,
  truncate: 1,
};

/**
 * From now on the requests that are made within `counted` are counted.
 * @param concerns whether a path, or the start of one, is on the file system that is asked
 */
export function countOperations(concerns: (path: string) => boolean): void {
  const all = fs.promises as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const [name, times] of Object.entries(requests)) {
    const original = all[name];
    if (original === undefined) throw new RangeError(`Node.js has no ${name}`);
    all[name] = (...args) => {
      // A file that is open already is no look at a folder.
      const isAsked = typeof args[0] === 'string' && concerns(args[0]);
      const counts = isAsked ? counting.getStore() : undefined;
      counts?.set(name, (counts.get(name) ?? 0) + times);
      return original.apply(fs.promises, args);
    };
  }
  syncBuiltinESMExports();
}

/** Counts what a task asks of the file system. */
export function counted<T>(counts: OperationCounts, task: () => Promise<T>): Promise<T> {
  return counting.run(counts, task);
}

export function sumOf(counts: OperationCounts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
