import { commandLine } from '../cluster/slurm/bash-text.js';

/** The commands by which a submission is followed. @param experiment null where it is not known */
export function followed(out: string, experiment: string | null): string {
  const wait = ['grodin', 'wait', out, ...(experiment === null ? [] : ['--results-of', experiment])];
  return `${commandLine(['grodin', 'status', out])}; ${commandLine(wait)}`;
}
