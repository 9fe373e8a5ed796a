import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { formatDuration } from '../../../manifests/input/duration.js';
import { jsonLine } from '../../../manifests/input/printable.js';
import { isThere } from '../../../manifests/output/file-system.js';
import { outputFolder } from '../../../manifests/output/output-file.js';
import { InputError } from '../../../stages/errors.js';
import type { Precision } from '../../../workers/devices/device.js';
import { runDirectory } from '../../../workers/store/run-directory.js';
import { type KubernetesConfig, readKubernetesConfig } from '../../cluster/kubernetes/config-file.js';
import { type GivenJob, kubernetesJob, mostTasks, usualJob } from '../../cluster/kubernetes/given-job.js';
import { inNamespace, type NamedJobs } from '../../cluster/kubernetes/kubectl.js';
import type { KubernetesJob } from '../../cluster/kubernetes/kubernetes-job.js';
import { jobsIn, manifestFile } from '../../cluster/kubernetes/manifest-file.js';
import { manifestText } from '../../cluster/kubernetes/manifest-text.js';
import { recordJobs, resubmit, submit, writeManifestFile } from '../../cluster/kubernetes/submit.js';
import { commandLine } from '../../cluster/slurm/bash-text.js';
import { readExperiment } from '../../read-experiment.js';
import { resultsStamp } from '../../submissions/submission.js';
import type { CommandLine } from '../command-line.js';
import { followed } from '../followed.js';
import { jsonOption } from '../options/json.js';
import { podOptions } from '../options/kubernetes.js';
import { durationOption, integerOption } from '../options/numbers.js';
import { taskRunOptions } from '../options/task-run.js';
import { stoppably } from '../stoppably.js';
import { requireNothingBesideResume } from './submit-resume.js';

interface SubmitOptions extends Partial<Omit<GivenJob, 'out'>> {
  readonly out?: string;
  readonly config?: string;
  readonly file?: string;
  readonly precision?: Precision;
  readonly apply?: true;
  readonly resume?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `grodin submit kubernetes EXPERIMENT --out DIR --tasks N`: an Indexed Job whose pods divide a run, and a job for the tables. */
export function registerSubmitKubernetes(submitting: Command, line: CommandLine): void {
  const command = submitting
    .command('kubernetes')
    .description(
      'write a manifest of two jobs: an Indexed one whose pods divide the shards of a run, and one that makes tables and report',
    )
    .argument('[experiment]', 'the experiment file (JSON), by its path in the pods; none with --resume')
    .option('--out <dir>', 'the run directory, by its path in the pods')
    .addOption(new Option('--tasks <n>', 'indexes of the job').argParser(integerOption(1, mostTasks)))
    .addOption(
      new Option('--concurrent <n>', 'pods that run at a time, at most (default: all)').argParser(
        integerOption(1),
      ),
    );
  for (const option of podOptions()) command.addOption(option);
  command
    .option('--name <name>', 'what the job is called (default: grodin- and the name of the run directory)')
    .option(
      '--config <file>',
      'what is the same for every run on this cluster (JSON or TOML); options come first',
    )
    .addOption(
      new Option(
        '--max-retries <n>',
        `how often an index is tried again, waits in vain included (default: ${usualJob.maxRetries})`,
      ).argParser(integerOption(0, 10_000)),
    )
    .addOption(
      new Option(
        '--max-failed <n>',
        'indexes that may fail before the others are ended (default: all)',
      ).argParser(integerOption(0)),
    )
    .addOption(
      new Option(
        '--grace <duration>',
        `how long a pod that is told to end may take (default: ${formatDuration(usualJob.grace)})`,
      ).argParser(durationOption),
    )
    .option('--suspend', 'start nothing until somebody sets "suspend" of the jobs to false');
  for (const option of taskRunOptions()) command.addOption(option);
  command
    .option(
      '--file <file>',
      'where the manifest is written (default: kubernetes/jobs.yaml in the run directory, where this machine has the files by the same paths)',
    )
    .option('--apply', 'submit the jobs by kubectl too')
    .option('--resume', 'submit the jobs of a written manifest again, as it is now, once they have ended')
    .option('--dry-run', 'print the manifest; write and submit nothing')
    .addOption(jsonOption())
    .action(async (experiment: string | undefined, options: SubmitOptions) => {
      if (options.resume) {
        requireNothingBesideResume(experiment, options, ['out', 'file', 'resume', 'json']);
        const file = writtenFile(options);
        const jobs = await stoppably(line, (signal) => resubmit(file, signal));
        tell(line, options, file, jobs, null);
        return;
      }
      const { job, isSeen } = await readJob(experiment, options, line);
      const text = manifestText(job);
      if (options.dryRun) {
        line.out(options.json ? jsonLine({ manifest: text }) : text);
        return;
      }
      const file = fileFor(job, options, isSeen);
      line.writesIn(await outputFolder(file));
      const before = await resultsStamp(runDirectory(job.out));
      await writeManifestFile(file, text);
      const jobs = options.apply
        ? await stoppably(line, (signal) => submit(file, signal))
        : await jobsIn(file);
      if (isSeen) await recordJobs(job, file, jobs, before);
      tell(line, options, file, jobs, job.experiment);
    });
}

interface ReadJob {
  readonly job: KubernetesJob;
  /** Whether this machine sees the experiment by the path that pods see it by. */
  readonly isSeen: boolean;
}

async function readJob(
  file: string | undefined,
  options: SubmitOptions,
  line: CommandLine,
): Promise<ReadJob> {
  if (file === undefined)
    throw new InputError("missing required argument 'experiment'; only --resume needs none");
  const { tasks, out } = options;
  if (out === undefined)
    throw new InputError('--out: missing; give the run directory by its path in the pods');
  if (tasks === undefined) throw new InputError('--tasks: missing; say how many tasks the job is to have');
  const path = resolve(file);
  const isSeen = await isThere(path);
  const note = (text: string): void => line.err(`${text}\n`);
  const experiment = isSeen ? await readExperiment(path) : null;
  const config: KubernetesConfig =
    options.config === undefined ? {} : await readKubernetesConfig(options.config);
  const job = kubernetesJob(
    { ...options, experiment: path, out: resolve(out), tasks },
    config,
    experiment,
    note,
  );
  if (!isSeen) note(`${path}: this machine does not see it, so that only the pods will check it`);
  return { job, isSeen };
}

/** Where the manifest is written. */
function fileFor({ out }: KubernetesJob, { file }: SubmitOptions, isSeen: boolean): string {
  if (file !== undefined) return resolve(file);
  if (isSeen) return manifestFile(out);
  throw new InputError(
    '--file: missing; this machine does not see the run directory, so say where the manifest is to be written',
  );
}

/** The manifest that was written before. */
function writtenFile({ file, out }: SubmitOptions): string {
  if (file !== undefined) return resolve(file);
  if (out !== undefined) return manifestFile(resolve(out));
  throw new InputError('--resume: give the manifest by --file, or the run directory that holds it by --out');
}

function tell(
  line: CommandLine,
  { json, apply, resume, out }: SubmitOptions,
  file: string,
  { namespace, names }: NamedJobs,
  experiment: string | null,
): void {
  const isSubmitted = apply === true || resume === true;
  if (json) {
    line.out(jsonLine({ file, namespace: namespace ?? null, jobs: names, submitted: isSubmitted }));
    return;
  }
  const kubectl = (...words: readonly string[]) =>
    commandLine(['kubectl', ...inNamespace(namespace), ...words]);
  line.out(
    [
      `jobs ${names.join(', ')}: ${file}`,
      ...(isSubmitted ? [] : [`submit them: ${kubectl('create', '-f', file)}`]),
      `follow them: ${kubectl('get', 'pods', '--selector', `job-name=${names[0]}`)}; ${kubectl('logs', '--follow', `job/${names.at(-1)}`, '--all-containers')}${out === undefined ? '' : `; where the run directory is seen: ${followed(out, experiment)}`}`,
      '',
    ].join('\n'),
  );
}
