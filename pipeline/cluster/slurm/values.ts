import type { ClusterValue } from '../value.js';

/** Seconds of each form of a time limit, largest part first. */
const timeForms: readonly (readonly [form: RegExp, units: readonly number[]])[] = [
  [/^(\d{1,6})$/, [60]],
  [/^(\d{1,6}):(\d{1,2})$/, [60, 1]],
  [/^(\d{1,6}):(\d{1,2}):(\d{1,2})$/, [3_600, 60, 1]],
  [/^(\d{1,4})-(\d{1,2})$/, [86_400, 3_600]],
  [/^(\d{1,4})-(\d{1,2}):(\d{1,2})$/, [86_400, 3_600, 60]],
  [/^(\d{1,4})-(\d{1,2}):(\d{1,2}):(\d{1,2})$/, [86_400, 3_600, 60, 1]],
];

/** A time limit as Slurm writes it in seconds, or null when it is none. */
export function slurmSeconds(text: string): number | null {
  for (const [form, units] of timeForms) {
    const parts = form.exec(text)?.slice(1);
    if (parts === undefined) continue;
    const seconds = parts.reduce((sum, part, at) => sum + Number(part) * (units[at] ?? 0), 0);
    return seconds > 0 ? seconds : null;
  }
  return null;
}

export const slurmTime: ClusterValue = {
  expected:
    'a time as Slurm has it: minutes, hours:minutes:seconds or days-hours, for example 90, 4:00:00 or 1-0',
  accepts: (text) => slurmSeconds(text) !== null,
};

export const slurmMemorySize: ClusterValue = {
  expected: 'a size as Slurm has it, for example 32G, 800M, or 0 for all memory of a node',
  accepts: (text) => /^\d{1,12}[KMGT]?$/i.test(text),
};

export const slurmGpus: ClusterValue = {
  expected: 'a number of GPUs, or their type and number, for example 1 or a100:2',
  accepts: (text) => /^(?:[A-Za-z][\w.-]*:)?[1-9]\d{0,3}$/.test(text),
};

export const slurmGres: ClusterValue = {
  expected: 'generic resources as Slurm has them, for example gpu:1 or gpu:a100:2',
  accepts: (text) => /^[A-Za-z][\w.:/,=-]*$/.test(text),
};

/** Whether generic resources have a GPU among them: `gpu:0` and `gpu:a100:0` are none. */
export function hasGpus(gres: string): boolean {
  return gres.split(',').some((one) => /^gpu(?![\w.-])/.test(one) && !/[:=]0+$/.test(one));
}

/** Names of partitions, accounts and the like; several are separated by commas. */
export const slurmName: ClusterValue = {
  expected: 'a name without spaces and quotes',
  accepts: (text) => /^[^\s"'\\\p{Cc}-][^\s"'\\\p{Cc}]*$/u.test(text),
};
