import { logPath, sbatchLine } from './bash-text.js';
import { parseSbatchOption } from './sbatch-option.js';
import type { SlurmProgram, SlurmResources } from './slurm-job.js';

/** The folder of a run directory that holds scripts, logs and what became of tasks. */
export function slurmFolder(out: string): string {
  return `${out}/slurm`;
}

/** What the head of a script says beside the resources. */
export interface ScriptHead {
  /** What the job is called. */
  readonly name: string;
  /** The name of its log in `slurmFolder`, with sbatch's words. */
  readonly log: string;
  /** Comments that say what the script is, each in a line. */
  readonly about: readonly string[];
  /** Further options of sbatch, each a line. */
  readonly options: readonly string[];
}

/** The lines of a script down to the first that does something. */
export function scriptHead(out: string, resources: SlurmResources, head: ScriptHead): readonly string[] {
  const { gpusPerTask, gres, cpusPerTask, mem, time, partition, account, sbatch } = resources;
  const optional = (option: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [sbatchLine(option, value)];
  return [
    '#!/bin/bash',
    ...head.about.map((line) => `# ${line}`),
    sbatchLine('job-name', head.name),
    ...head.options,
    sbatchLine('ntasks', '1'),
    sbatchLine('cpus-per-task', `${cpusPerTask}`),
    ...optional('gpus-per-task', gpusPerTask),
    ...optional('gres', gres),
    ...optional('mem', mem),
    ...optional('time', time),
    ...optional('partition', partition),
    ...optional('account', account),
    ...sbatch.flatMap((text) => {
      const option = parseSbatchOption(text);
      return option === null ? [] : [sbatchLine(option.name.slice(2), option.value)];
    }),
    '# What a node that fails or a preemption ends goes back into the queue, and goes on writing to the same log.',
    sbatchLine('requeue'),
    sbatchLine('open-mode', 'append'),
    sbatchLine('output', logPath(slurmFolder(out), head.log)),
    '',
  ];
}

/** The lines that prepare for `grodin`, and define it. */
export function programLines({ setup, container, grodin }: SlurmProgram): readonly string[] {
  return [
    ...(setup.length === 0 ? [] : ['# From the configuration of the cluster.', ...setup, '']),
    `grodin=(${container === '' ? '' : `${container} `}${grodin})`,
  ];
}

/** A function of bash that prints a line with the time. */
export const sayFunction = `say() { printf '%(%F %T)T %s\\n' -1 "$*"; }`;
