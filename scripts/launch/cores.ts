import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

/**
 * The numbers of the cores that this process may run on, ascending; null where they are not known, or where it may
 * use fewer at a time than it may run on.
 */
export async function allowedCores(): Promise<readonly number[] | null> {
  const status = await readFile('/proc/self/status', 'latin1').catch(() => '');
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  const cores = list === undefined ? null : coresOf(list);
  return cores?.length === availableParallelism() ? cores : null;
}

/** Reads a list of cores as Linux writes it, for example `0-3,8`. */
export function coresOf(list: string): readonly number[] | null {
  const cores: number[] = [];
  for (const part of list.split(',')) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (first === undefined) return null;
    for (let core = Number(first); core <= Number(last); core += 1) cores.push(core);
  }
  return cores;
}
