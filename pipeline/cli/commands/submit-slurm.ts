import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { formatDuration } from '../../../manifests/input/duration.js';
import { jsonLine } from '../../../manifests/input/printable.js';
import { InputError } from '../../../stages/errors.js';
import type { Precision } from '../../../workers/devices/device.js';
import { runDirectory } from '../../../workers/store/run-directory.js';
import { commandLine, quoted } from '../../cluster/slurm/bash-text.js';
import { readSlurmConfig, type SlurmConfig } from '../../cluster/slurm/config-file.js';
import { type GivenJob, slurmJob, usualJob } from '../../cluster/slurm/given-job.js';
import { slurmFolder } from '../../cluster/slurm/script-head.js';
import type { SlurmJob } from '../../cluster/slurm/slurm-job.js';
import type { SubmittedJob } from '../../cluster/slurm/submission.js';
import { batchScripts, requireBash, resubmit, submit } from '../../cluster/slurm/submit.js';
import { retryErrorsOf } from '../../inputs/retry-errors.js';
import { readExperiment } from '../../read-experiment.js';
import { packageProgram } from '../../store/package-version.js';
import { readSubmission } from '../../submissions/submission.js';
import type { CommandLine } from '../command-line.js';
import { followed } from '../followed.js';
import { jsonOption } from '../options/json.js';
import { retryErrorsOption } from '../options/kept-scores.js';
import { durationOption, integerOption } from '../options/numbers.js';
import { slurmResourceOptions } from '../options/slurm.js';
import { taskRunOptions } from '../options/task-run.js';
import { stoppably } from '../stoppably.js';
import { requireNothingBesideResume } from './submit-resume.js';

interface SubmitOptions extends Partial<GivenJob> {
  readonly out: string;
  readonly config?: string;
  readonly precision?: Precision;
  readonly resume?: true;
  readonly retryErrors?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `grodin submit slurm EXPERIMENT --out DIR --tasks N`: an array of tasks, and a job for the tables behind it. */
export function registerSubmitSlurm(submitting: Command, line: CommandLine): void {
  const command = submitting
    .command('slurm')
    .description(
      'submit an array of tasks to Slurm that divide the shards of a run, and a job behind it that makes tables and report',
    )
    .argument('[experiment]', 'the experiment file (JSON); none with --resume')
    .requiredOption('--out <dir>', 'the run directory, on a file system that all nodes share')
    .addOption(new Option('--tasks <n>', 'tasks of the array').argParser(integerOption(1)))
    .addOption(
      new Option('--concurrent <n>', 'tasks that run at a time, at most (default: all)').argParser(
        integerOption(1),
      ),
    );
  for (const option of slurmResourceOptions()) command.addOption(option);
  command
    .option(
      '--config <file>',
      'what is the same for every run on this cluster (JSON or TOML); options come first',
    )
    .addOption(
      new Option(
        '--wave <n>',
        '1 or 2: the array of that wave alone; each: one array each, the second after the first',
      ).argParser((text): SlurmJob['waves'] => {
        if (text === '1') return 1;
        if (text === '2') return 2;
        if (text === 'each') return 'each';
        throw new InvalidArgumentError('Expected 1, 2 or each.');
      }),
    )
    .addOption(
      new Option(
        '--max-requeues <n>',
        `how often a task that ends with work left goes into the queue again, at most (default: ${usualJob.maxRequeues})`,
      ).argParser(integerOption(0)),
    )
    .addOption(
      new Option(
        '--warning <duration>',
        `how long before its time limit a task is told, so that it finishes its shards (default: ${formatDuration(usualJob.warning)})`,
      ).argParser(durationOption),
    );
  for (const option of taskRunOptions()) command.addOption(option);
  command
    .option('--resume', 'submit the scripts of the last submission again, as they are in the run directory')
    .addOption(retryErrorsOption())
    .option('--dry-run', 'print the scripts; write and submit nothing')
    .addOption(jsonOption())
    .action(async (experiment: string | undefined, options: SubmitOptions) => {
      const out = resolve(options.out);
      if (options.resume) {
        requireNothingBesideResume(experiment, options, ['out', 'resume', 'retryErrors', 'json']);
        const prepare = () => prepareRun(options, out);
        const jobs = await stoppably(line, (signal) => resubmit(out, signal, prepare));
        const last = await readSubmission(runDirectory(out));
        tell(line, options, out, jobs, last?.experiment ?? null);
        return;
      }
      const job = await readJob(experiment, options, line);
      const scripts = batchScripts(job);
      await requireBash(scripts);
      if (options.dryRun) {
        line.out(
          options.json
            ? jsonLine({ scripts })
            : scripts
                .map(
                  ({ file, text }) =>
                    `${scripts.length > 1 ? `#### ${slurmFolder(out)}/${file}\n` : ''}${text}`,
                )
                .join('\n'),
        );
        return;
      }
      for (const folder of [out, slurmFolder(out)]) line.writesIn(folder);
      await prepareRun(options, out);
      const jobs = await stoppably(line, (signal) => submit(job, scripts, signal));
      tell(line, options, out, jobs, experiment ?? null);
    });
}

/** What is done once for all tasks. */
async function prepareRun({ retryErrors }: SubmitOptions, out: string): Promise<void> {
  if (retryErrors) await retryErrorsOf(runDirectory(out));
}

async function readJob(
  file: string | undefined,
  options: SubmitOptions,
  line: CommandLine,
): Promise<SlurmJob> {
  if (file === undefined)
    throw new InputError("missing required argument 'experiment'; only --resume needs none");
  const { tasks } = options;
  if (tasks === undefined) throw new InputError('--tasks: missing; say how many tasks the array is to have');
  const experiment = await readExperiment(file);
  const config: SlurmConfig = options.config === undefined ? {} : await readSlurmConfig(options.config);
  return slurmJob(
    {
      ...options,
      experiment: resolve(file),
      out: resolve(options.out),
      tasks,
      program: await packageProgram(),
    },
    config,
    experiment,
    (text) => line.err(`${text}\n`),
  );
}

function tell(
  line: CommandLine,
  { json, wave, out: given }: SubmitOptions,
  out: string,
  jobs: readonly SubmittedJob[],
  experiment: string | null,
): void {
  const folder = slurmFolder(out);
  if (json) {
    line.out(
      jsonLine({ out, jobs: jobs.map(({ script, job }) => ({ script: `${folder}/${script}`, job })) }),
    );
    return;
  }
  const [first] = jobs;
  line.out(
    [
      ...jobs.map(({ script, job }) => `job ${job}: ${folder}/${script}`),
      // A first wave alone has no results that could be waited for.
      `follow it: ${wave === 1 ? commandLine(['grodin', 'status', given]) : followed(given, experiment)}; squeue --jobs=${jobs.map(({ job }) => job).join(',')}; logs are ${quoted(folder)}/${first?.job}_*.log`,
      '',
    ].join('\n'),
  );
}
