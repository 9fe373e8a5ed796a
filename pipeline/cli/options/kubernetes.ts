import { InvalidArgumentError, Option } from 'commander';
import { usualJob } from '../../cluster/kubernetes/given-job.js';
import {
  claimText,
  imageName,
  kubernetesLongName,
  kubernetesName,
  memoryQuantity,
  podUser,
} from '../../cluster/kubernetes/values.js';
import { valueOption } from './cluster-value.js';
import { integerOption } from './numbers.js';

/** Options of what pods are, and what they get. */
export function podOptions(): readonly Option[] {
  return [
    valueOption(
      '--image <name>',
      'the image that pods run: scripts/kubernetes/Dockerfile builds it',
      imageName,
    ),
    new Option(
      '--claim <name:mount>',
      'a volume claim, and the folder that pods see it at; with :ro behind it nothing is written there (may be given several times)',
    ).argParser((text: string, before: readonly string[] | undefined) => {
      if (claimText.accepts(text)) return [...(before ?? []), text];
      throw new InvalidArgumentError(`Expected ${claimText.expected}.`);
    }),
    new Option('--gpus <n>', 'GPUs of each task; one worker thread each (default: none)').argParser(
      integerOption(0, 64),
    ),
    new Option('--cpus <n>', `cores of each task (default: ${usualJob.cpus})`).argParser(
      integerOption(1, 1_000),
    ),
    valueOption(
      '--memory <size>',
      'memory of each task, for example 32Gi (default: unbounded)',
      memoryQuantity,
    ),
    valueOption('--user <uid:gid>', "user and group that pods run as (default: the image's)", podUser),
    valueOption('--namespace <name>', "namespace (default: that of kubectl's context)", kubernetesName),
    valueOption(
      '--queue <name>',
      "Kueue's local queue, which lets the jobs go when it has room",
      kubernetesLongName,
    ),
  ];
}
