import { type Command, Option } from 'commander';
import { formatDuration } from '../../../manifests/input/duration.js';
import { jsonLine } from '../../../manifests/input/printable.js';
import { InterruptedError, RunFailedError } from '../../../stages/errors.js';
import { runDirectory } from '../../../workers/store/run-directory.js';
import { readExperiment } from '../../read-experiment.js';
import { waitForEnd } from '../../status/wait-for-end.js';
import { waitForScores } from '../../status/wait-for-scores.js';
import type { CommandLine } from '../command-line.js';
import { jsonOption } from '../options/json.js';
import { durationOption } from '../options/numbers.js';
import { statusLine } from '../status-text.js';

interface WaitFlags {
  readonly timeout?: number;
  readonly idle?: number;
  readonly scoresOf?: string;
  readonly json?: true;
}

/** `grodin wait DIR`: ends when a run is finished, for scripts. */
export function registerWait(program: Command, line: CommandLine): void {
  program
    .command('wait')
    .description(
      'wait until a run that others work on is finished; 75 when that takes too long, 1 when nobody works on it',
    )
    .argument('<dir>', 'the run directory')
    .addOption(
      new Option(
        '--timeout <duration>',
        'end with exit code 75 after so long (for example 90s, 20min, 2h)',
      ).argParser(durationOption),
    )
    .addOption(
      new Option(
        '--idle <duration>',
        'end with exit code 1 when for so long nobody has worked on it (default: never; jobs may be queued)',
      ).argParser(durationOption),
    )
    .option(
      '--scores-of <experiment>',
      'wait only until all scores of this experiment (JSON) are there, for what calls grodin reduce; also for a run that is not begun yet',
    )
    .addOption(jsonOption())
    .action(async (dir: string, { timeout, idle, scoresOf, json }: WaitFlags) => {
      const directory = runDirectory(dir);
      const { end, status } =
        scoresOf === undefined
          ? await waitForEnd(directory, { timeout, idle })
          : await waitForScores(directory, await readExperiment(scoresOf), { timeout, idle });
      const areThere =
        end === 'finished' && scoresOf !== undefined ? `${status.out}: all scores are there\n` : null;
      line.out(json ? jsonLine({ end, ...status }) : (areThere ?? `${statusLine(status)}\n`));
      if (end === 'timeout')
        throw new InterruptedError(`${status.out}: not finished after ${formatDuration(timeout ?? 0)}`);
      if (end === 'idle')
        throw new RunFailedError(
          `${status.out}: not finished, and for ${formatDuration(idle ?? 0)} nobody has worked on it`,
        );
    });
}
