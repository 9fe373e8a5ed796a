import { type Command, Option } from 'commander';
import { formatDuration } from '../../../manifests/input/duration.js';
import { jsonLine } from '../../../manifests/input/printable.js';
import { InterruptedError, RunFailedError } from '../../../stages/errors.js';
import { type RunDirectory, runDirectory } from '../../../workers/store/run-directory.js';
import { readExperiment } from '../../read-experiment.js';
import { type Waited, waitForEnd } from '../../status/wait-for-end.js';
import { waitForResults } from '../../status/wait-for-results.js';
import { waitForScores } from '../../status/wait-for-scores.js';
import type { CommandLine } from '../command-line.js';
import { notBegun, notBegunText } from '../not-begun.js';
import { jsonOption } from '../options/json.js';
import { durationOption } from '../options/numbers.js';
import { statusLine } from '../status-text.js';

interface WaitFlags {
  readonly timeout?: number;
  readonly idle?: number;
  readonly scoresOf?: string;
  readonly resultsOf?: string;
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
    .addOption(
      new Option(
        '--results-of <experiment>',
        'wait until the results are those of this experiment (JSON) and all its scores, whatever was there before; also for a run that is not begun yet',
      ).conflicts('scoresOf'),
    )
    .option(
      '--scores-of <experiment>',
      'wait only until all scores of this experiment (JSON) are there, for what calls grodin reduce; also for a run that is not begun yet',
    )
    .addOption(jsonOption())
    .action(async (dir: string, flags: WaitFlags) => {
      const directory = runDirectory(dir);
      const submission = await notBegun(directory);
      if (submission !== null) line.err(`${notBegunText(directory, submission)}\n`);
      const { timeout, idle, scoresOf, resultsOf, json } = flags;
      const { end, status } = await waited(directory, flags);
      const areThere =
        end === 'finished' && scoresOf !== undefined ? `${status.out}: all scores are there\n` : null;
      line.out(json ? jsonLine({ end, ...status }) : (areThere ?? `${statusLine(status)}\n`));
      // A run that is finished may be of another experiment.
      const file = scoresOf ?? resultsOf;
      const isWhat =
        file === undefined
          ? 'not finished'
          : `the ${scoresOf === undefined ? 'results' : 'scores'} of ${file} are not there`;
      if (end === 'timeout')
        throw new InterruptedError(`${status.out}: ${isWhat} after ${formatDuration(timeout ?? 0)}`);
      if (end === 'idle')
        throw new RunFailedError(
          `${status.out}: ${isWhat}, and for ${formatDuration(idle ?? 0)} nobody has worked on it`,
        );
    });
}

async function waited(
  directory: RunDirectory,
  { timeout, idle, scoresOf, resultsOf }: WaitFlags,
): Promise<Waited> {
  const waiting = { timeout, idle };
  if (scoresOf !== undefined) return waitForScores(directory, await readExperiment(scoresOf), waiting);
  if (resultsOf !== undefined) return waitForResults(directory, await readExperiment(resultsOf), waiting);
  return waitForEnd(directory, waiting);
}
