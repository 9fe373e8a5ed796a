import type { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { registerSubmitKubernetes } from './submit-kubernetes.js';
import { registerSubmitSlurm } from './submit-slurm.js';

/** `grodin submit SCHEDULER …`: a run given to a cluster's scheduler, one subcommand each. */
export function registerSubmit(program: Command, line: CommandLine): void {
  const submit = program
    .command('submit')
    .description("give a run to a cluster's scheduler, as tasks that divide its shards");
  registerSubmitSlurm(submit, line);
  registerSubmitKubernetes(submit, line);
}
