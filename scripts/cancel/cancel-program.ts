import { jsonLine } from '../../manifests/input/printable.js';
import { isThere } from '../../manifests/output/file-system.js';
import { standardStreams } from '../../pipeline/cli/standard-streams.js';
import { isBegun } from '../../pipeline/store/revisions.js';
import { forgetSubmission } from '../../pipeline/submissions/submission.js';
import { InputError, RunFailedError } from '../../stages/errors.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { runScript, scriptProgram } from '../script-program.js';
import { cancelKubernetes, cancelSlurm } from './cancel-jobs.js';
import { stopProcesses } from './stop-processes.js';

/** Runs `cancel` by this process's arguments. @returns the exit code */
export function cancelProgram(): Promise<number> {
  const streams = standardStreams('cancel');
  return runScript(
    scriptProgram(
      'cancel',
      'Stop whatever works on a run: jobs that were given to Slurm or Kubernetes for it, then processes of this machine, which drop the ' +
        'shards in flight. What is finished is kept; resume, or the command that it was started by, goes on with it.',
    )
      .argument('<dir>', 'the run directory')
      .option('--json', 'print what was stopped, and what could not be, as one JSON document')
      .addHelpText(
        'after',
        '\nExit codes: 0 nobody works on it any more, 1 somebody is left who could not be reached, 2 bad usage or bad input.',
      )
      .action(async (dir: string, { json }: { readonly json?: true }) => {
        const directory = runDirectory(dir);
        const { path } = directory;
        if (!(await isThere(path))) throw new InputError(`${path}: there is no such folder; check the path`);
        // First, so that no queue starts again what was stopped.
        const slurm = await cancelSlurm(path);
        const kubernetes = await cancelKubernetes(path);
        if (!(await isBegun(directory)) && [slurm, kubernetes].every(isNothing))
          throw new InputError(`${path}: holds no run, and nothing was submitted for one; check the path`);
        if ([slurm, kubernetes].every(({ unreached }) => unreached.length === 0))
          await forgetSubmission(directory);
        const { told, left, elsewhere } = await stopProcesses(directory);
        const stopped = [
          ...slurm.cancelled,
          ...kubernetes.cancelled,
          ...told
            .filter((pid) => !left.includes(pid))
            .map((pid) => `process ${pid} of this machine: stopped`),
        ];
        const unreached = [
          ...slurm.unreached,
          ...kubernetes.unreached,
          ...left.map(
            (pid) =>
              `process ${pid} of this machine: was told to stop, and is still there; end it with kill -9 ${pid}`,
          ),
          ...[
            ...new Map(elsewhere.map(({ holder }) => [`${holder.host} ${holder.pid}`, holder])).values(),
          ].map(
            ({ host, pid }) =>
              `process ${pid} on ${host}: works on it, or did when it died or was stopped; if it lives, stop it there: kill ${pid}`,
          ),
        ];
        if (json) streams.out(jsonLine({ out: path, stopped, unreached }));
        else
          for (const text of stopped.length > 0 ? stopped : ['nobody on this machine works on it'])
            streams.out(`${text}\n`);
        if (unreached.length === 0) return;
        if (!json) for (const text of unreached) streams.err(`${text}\n`);
        throw new RunFailedError(
          `${path}: ${unreached.length === 1 ? 'one' : `${unreached.length}`} could not be stopped from here, see above`,
        );
      }),
    streams,
  );
}

function isNothing({
  cancelled,
  unreached,
}: {
  readonly cancelled: readonly string[];
  readonly unreached: readonly string[];
}): boolean {
  return cancelled.length === 0 && unreached.length === 0;
}
