import { resolve } from 'node:path';
import { Option } from 'commander';
import { isThere } from '../../manifests/output/file-system.js';
import { type StandardStreams, standardStreams } from '../../pipeline/cli/standard-streams.js';
import { withStopSignals } from '../../pipeline/cli/stop-signals.js';
import type { Stops } from '../../pipeline/cli/stops.js';
import { manifestFile } from '../../pipeline/cluster/kubernetes/manifest-file.js';
import { resubmit as resubmitJobs } from '../../pipeline/cluster/kubernetes/submit.js';
import { commandLine } from '../../pipeline/cluster/slurm/bash-text.js';
import { resubmit } from '../../pipeline/cluster/slurm/submit.js';
import { InputError } from '../../stages/errors.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { launchLocal } from '../launch/launch-program.js';
import { runScript, scriptProgram } from '../script-program.js';
import { type Engine, engines, lastEngine } from './record.js';
import { writeRecorded } from './recorded-experiment.js';

interface ResumeOptions {
  readonly by?: Engine;
}

/** Runs `resume` by this process's arguments. @returns the exit code */
export async function resume(stops: Stops): Promise<number> {
  const streams = standardStreams('resume');
  let launched: readonly string[] | null = null;
  const program = scriptProgram(
    'resume',
    'Go on with a run by what its directory records: where it was given to Slurm or Kubernetes, its last submission ' +
      'is submitted again; else launch-local goes on with it on this machine.',
  )
    .argument('<dir>', 'the run directory')
    .argument('[options...]', 'options of launch-local, for example --processes 2 (on this machine only)')
    .addOption(new Option('--by <engine>', 'what goes on with it, whatever is recorded').choices(engines))
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText('after', '\nExit codes: those of launch-local, or of grodin submit.')
    .action(async (dir: string, more: readonly string[], { by }: ResumeOptions) => {
      const out = resolve(dir);
      if (!(await isThere(out))) throw new InputError(`${out}: there is no such folder; check the path`);
      const engine = by ?? (await lastEngine(out));
      if (engine === 'local') {
        launched = await localArguments(out, more, streams);
        return;
      }
      if (more.length > 0)
        throw new InputError(
          `${more[0]}: the submission is repeated as it was written; edit it in ${out}/${engine}, or take --by local for this machine`,
        );
      await withStopSignals(stops, async ({ stop }) => {
        // It is looked at between two jobs: listening says that the end of it is to be waited for.
        stop.addEventListener('abort', () => {});
        const names =
          engine === 'slurm'
            ? (await resubmit(out, stop)).map(({ job }) => job)
            : (await resubmitJobs(manifestFile(out), stop)).names;
        streams.out(
          `submitted again: ${names.join(', ')}; follow it: ${commandLine(['grodin', 'status', out])}\n`,
        );
      });
    });
  const exitCode = await runScript(program, streams, engineFirst(process.argv.slice(2)));
  return launched === null ? exitCode : launchLocal(stops, launched);
}

/** Arguments with `--by` before all others, as what follows the folder is passed on. */
export function engineFirst(args: readonly string[]): readonly string[] {
  const at = args.findIndex((arg) => arg === '--by' || arg.startsWith('--by='));
  if (at < 0) return args;
  const words = args[at] === '--by' ? 2 : 1;
  return [...args.slice(at, at + words), ...args.slice(0, at), ...args.slice(at + words)];
}

/** What launch-local is given. */
async function localArguments(
  out: string,
  more: readonly string[],
  { err }: StandardStreams,
): Promise<readonly string[]> {
  const { file, options } = await writeRecorded(runDirectory(out));
  // Of an option that is given twice the later counts.
  const args = [file, '--out', out, ...options, ...more];
  err(`${commandLine(['launch-local', ...args])}\n`);
  return args;
}
