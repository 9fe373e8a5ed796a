import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

/**
 * How many cores' time the control group of this process, or one above it, may use, as a container's limit bounds it; null where
 * nothing does. A limit says nothing of which cores these are: without it a process would start a thread for each core of the node.
 * @param root where the system's files are
 */
export function groupCores(root = ''): number | null {
  const bounds: number[] = [];
  for (const line of read(`${root}/proc/self/cgroup`).split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    const isUnified = controllers === '';
    if (path === '' || !(isUnified || controllers.split(',').includes('cpu'))) continue;
    const folder = `${root}/sys/fs/cgroup${isUnified ? '' : '/cpu'}`;
    for (const group of upwards(path)) {
      const bound = isUnified
        ? quotient(read(`${folder}${group}/cpu.max`).split(' '))
        : quotient([read(`${folder}${group}/cpu.cfs_quota_us`), read(`${folder}${group}/cpu.cfs_period_us`)]);
      if (bound !== null) bounds.push(bound);
    }
  }
  return bounds.length === 0 ? null : Math.max(1, Math.floor(Math.min(...bounds)));
}

/** A folder and all above it. Inside of a container its own group is the root. */
function upwards(path: string): readonly string[] {
  const all: string[] = [];
  for (let group = posix.normalize(path); group !== '/'; group = posix.dirname(group)) all.push(group);
  return [...all, ''];
}

/** Null where the first is `max`, −1 or missing. */
function quotient([quota = '', period = '']: readonly string[]): number | null {
  const [of, by] = [Number.parseInt(quota, 10), Number.parseInt(period, 10)];
  return of > 0 && by > 0 ? of / by : null;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
