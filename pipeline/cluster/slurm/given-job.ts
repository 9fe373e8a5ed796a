import { formatDuration } from '../../../manifests/input/duration.js';
import { InputError } from '../../../stages/errors.js';
import type { Experiment } from '../../experiment/experiment.js';
import { taskDevice } from '../task-device.js';
import { type TaskRunOptions, usualWait } from '../task-run.js';
import { commandLine } from './bash-text.js';
import type { SlurmConfig } from './config-file.js';
import type { SlurmJob, SlurmResources } from './slurm-job.js';
import { leastWarning } from './tasks-script.js';
import { hasGpus, slurmSeconds } from './values.js';

/** What was given for one run; what is left out is taken from the cluster's configuration, else is as usual. */
export interface GivenJob
  extends Pick<SlurmJob, 'experiment' | 'out' | 'tasks'>,
    Partial<Omit<SlurmResources, 'sbatch'>>,
    Partial<TaskRunOptions> {
  /** Absolute path of the program `grodin` that is running: nodes share the file system. */
  readonly program: string;
  readonly concurrent?: number | undefined;
  readonly maxRequeues?: number | undefined;
  /** Seconds. */
  readonly warning?: number | undefined;
  readonly wave?: SlurmJob['waves'] | undefined;
}

/** What is usual where neither the user nor the configuration says otherwise. */
export const usualJob = { cpusPerTask: 8, maxRequeues: 100, warning: 120 } as const;

/**
 * The job that options, the configuration of a cluster and an experiment come to.
 * @param note told what was decided that the user may not expect
 * @throws InputError where they don't go together
 */
export function slurmJob(
  given: GivenJob,
  config: SlurmConfig,
  experiment: Pick<Experiment, 'name' | 'device'>,
  note: (text: string) => void,
): SlurmJob {
  const warning = given.warning ?? usualJob.warning;
  const resources: SlurmResources = {
    ...gpusOf(given, config),
    cpusPerTask: given.cpusPerTask ?? config.cpusPerTask ?? usualJob.cpusPerTask,
    mem: given.mem ?? config.mem,
    time: given.time ?? config.time,
    partition: given.partition ?? config.partition,
    account: given.account ?? config.account,
    sbatch: config.sbatch ?? [],
  };
  requireWarning(warning, resources.time);
  const { container = '', setup = [] } = config;
  return {
    name: `grodin-${experiment.name}`,
    experiment: given.experiment,
    out: given.out,
    tasks: given.tasks,
    concurrent: given.concurrent ?? config.concurrent ?? null,
    maxRequeues: given.maxRequeues ?? config.maxRequeues ?? usualJob.maxRequeues,
    warning,
    waves: given.wave ?? 'all',
    resources,
    reduce: reduceResources(resources, config),
    program: {
      setup,
      container,
      grodin: config.grodin ?? (container === '' ? commandLine([process.execPath, given.program]) : 'grodin'),
    },
    run: {
      device: taskDevice(
        {
          asked: given.device,
          ofExperiment: experiment.device,
          hasGpus: resources.gpusPerTask !== undefined || hasGpus(resources.gres ?? ''),
          withoutGpus: 'ask with --gpus-per-task or --gres, unless the partition gives them unasked',
        },
        note,
      ),
      precision: given.precision,
      deadline: given.deadline,
      wait: given.wait ?? usualWait,
      rescore: given.rescore,
      trustImages: given.trustImages,
      costs: given.costs,
      tables: given.tables,
    },
  };
}

function gpusOf(given: GivenJob, config: SlurmConfig): Pick<SlurmResources, 'gpusPerTask' | 'gres'> {
  const asked = given.gpusPerTask !== undefined || given.gres !== undefined ? given : config;
  const { gpusPerTask, gres } = asked;
  if (gpusPerTask !== undefined && gres !== undefined)
    throw new InputError(
      `--gpus-per-task: found ${gpusPerTask} beside --gres ${gres}, which would ask for GPUs twice; give one of the two`,
    );
  return { gpusPerTask, gres };
}

/** The job for the tables has no GPUs, and else what a task has unless the configuration says otherwise. */
function reduceResources(task: SlurmResources, { reduce = {} }: SlurmConfig): SlurmResources {
  return {
    cpusPerTask: reduce.cpusPerTask ?? task.cpusPerTask,
    mem: reduce.mem ?? task.mem,
    time: reduce.time ?? task.time,
    partition: reduce.partition ?? task.partition,
    account: reduce.account ?? task.account,
    sbatch: reduce.sbatch ?? task.sbatch,
  };
}

function requireWarning(warning: number, time: string | undefined): void {
  if (!Number.isInteger(warning) || warning < leastWarning || warning > 65_535)
    throw new InputError(
      `--warning: found ${formatDuration(warning)}; expected whole seconds from ${leastWarning} to 65535`,
    );
  const limit = time === undefined ? null : slurmSeconds(time);
  if (limit !== null && limit <= warning)
    throw new InputError(
      `--time: found ${time}, of which nothing is left when a task is told ${formatDuration(warning)} before its end; give it more time, or take a shorter --warning`,
    );
}
