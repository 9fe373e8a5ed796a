import { Option } from 'commander';
import { slurmGpus, slurmGres, slurmMemorySize, slurmName, slurmTime } from '../../cluster/slurm/values.js';
import { valueOption } from './cluster-value.js';
import { integerOption } from './numbers.js';

/** Options of a task's resources, named as sbatch names them. */
export function slurmResourceOptions(): readonly Option[] {
  return [
    valueOption(
      '--gpus-per-task <gpus>',
      'GPUs of each task, for example 1 or a100:2; one worker thread each',
      slurmGpus,
    ),
    valueOption(
      '--gres <resources>',
      'the same for clusters that count GPUs so, for example gpu:a100:1',
      slurmGres,
    ),
    new Option('--cpus-per-task <n>', 'cores of each task (default: 8)').argParser(integerOption(1, 10_000)),
    valueOption(
      '--mem <size>',
      "memory of each task, for example 32G (default: the cluster's)",
      slurmMemorySize,
    ),
    valueOption(
      '--time <limit>',
      "time limit of each task, for example 4:00:00 (default: the partition's)",
      slurmTime,
    ),
    valueOption('--partition <name>', "partition (default: the cluster's)", slurmName),
    valueOption('--account <name>', 'account that the time is charged to (default: yours)', slurmName),
  ];
}
