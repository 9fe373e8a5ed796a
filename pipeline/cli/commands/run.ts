import { type Command, Option } from 'commander';
import { formatBytes } from '../../../manifests/input/bytes.js';
import { jsonLine } from '../../../manifests/input/printable.js';
import type { Precision } from '../../../workers/devices/device.js';
import type { Wave } from '../../../workers/store/planned-shard.js';
import { type RunDirectory, runDirectory, writtenFolders } from '../../../workers/store/run-directory.js';
import { quoted } from '../../cluster/slurm/bash-text.js';
import type { Experiment } from '../../experiment/experiment.js';
import { experimentHelp } from '../../experiment/reference.js';
import { cacheFolders, cacheSettings } from '../../graphs/graph-cache.js';
import { BadImagesError, MissingImagesError } from '../../inputs/image-errors.js';
import { forecastRun } from '../../jobs/forecast-run.js';
import type { Share } from '../../pool/share.js';
import { readExperiment } from '../../read-experiment.js';
import type { ThumbnailMode } from '../../report/thumbnail-modes.js';
import { type RunOptions, type RunOutcome, run, runWithoutReducing, type ScoringOutcome } from '../../run.js';
import type { PrintedTables } from '../../tables/printed-tables.js';
import type { CommandLine, RegisterCommand } from '../command-line.js';
import { dryRunText } from '../dry-run.js';
import { costsOption } from '../options/costs.js';
import { deadlineOption } from '../options/deadline.js';
import { deviceOption, precisionOption } from '../options/device.js';
import { jsonOption } from '../options/json.js';
import { rescoreOption, retryErrorsOption, trustImagesOption } from '../options/kept-scores.js';
import { durationOption, sizeOption, threadsOption } from '../options/numbers.js';
import { shareOption } from '../options/share.js';
import { tablesOption } from '../options/tables.js';
import { thumbnailsOption } from '../options/thumbnails.js';
import { waveOption } from '../options/wave.js';
import { progressDisplay } from '../progress.js';
import { reportAfterRun, wantsReport } from '../report-after-run.js';
import {
  badImagesJson,
  badImagesText,
  belowChanceText,
  leftOutText,
  resultsJson,
  resultsText,
  scoringJson,
} from '../run-report.js';
import { withStopSignals } from '../stop-signals.js';
import { neverStopped } from '../stops.js';

interface RunCommandOptions {
  readonly out: string;
  readonly device?: string;
  readonly precision?: Precision;
  readonly workers?: number;
  readonly memory?: number;
  readonly deadline: number;
  readonly retryErrors?: true;
  readonly rescore?: true;
  readonly trustImages?: true;
  readonly costs?: true;
  readonly wait?: number;
  readonly shard?: Share;
  readonly wave?: Wave;
  readonly reduce: boolean;
  readonly report?: boolean;
  readonly thumbnails: ThumbnailMode;
  readonly tables: PrintedTables;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `grodin run EXPERIMENT --out DIR`: runs an experiment to its end, or goes on with it. */
export const registerRun = registerRunBy(run);

/**
 * The same by something else than processes of its own, so that a harness can run the command line within its own process.
 * @param runs takes the place of `run`
 */
export function registerRunBy(runs: typeof run): RegisterCommand {
  return (program, line) => addRun(program, line, runs);
}

function addRun(program: Command, line: CommandLine, runs: typeof run): void {
  program
    .command('run')
    .description('run an experiment, or go on with one that was interrupted or has grown')
    .argument('<experiment>', 'the experiment file (JSON)')
    .requiredOption('--out <dir>', 'the run directory, which holds everything of the run')
    .addOption(deviceOption())
    .addOption(precisionOption())
    .addOption(
      new Option('--workers <n>', 'worker threads on the CPU (default: "workers", or one a core)').argParser(
        threadsOption(),
      ),
    )
    .addOption(
      new Option(
        '--memory <size>',
        'memory for the process that scores, for example 4GB: bounds batch size and workers (default: "memory")',
      ).argParser(sizeOption),
    )
    .addOption(deadlineOption())
    .addOption(retryErrorsOption())
    .addOption(rescoreOption())
    .addOption(trustImagesOption())
    .addOption(costsOption())
    .addOption(
      new Option(
        '--wait <duration>',
        'how long to wait, with nothing else to do, for shards that other processes are at, before ending with exit code 75 ' +
          '(default: as long as they take)',
      ).argParser(durationOption),
    )
    .addOption(waveOption())
    .addOption(shareOption())
    .option('--no-reduce', 'stop when all scores are there; leave metrics and tables to another process')
    .option('--no-report', 'write no report.html (default where GRODIN_REPORT is off)')
    .addOption(thumbnailsOption())
    .addOption(tablesOption())
    .option('--dry-run', 'print passes, hours at the measured rate and machines for one night; score nothing')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nSIGUSR2 ends a run as soon as the shards in flight are finished (exit code 75); SIGINT, SIGTERM and SIGHUP drop these. SIGUSR1 does nothing; SIGQUIT ends it at once, and others take over its shards after 30 s.\n\n${experimentHelp()}`,
    )
    .action(async (file: string, options: RunCommandOptions) => {
      const experiment = await readExperiment(file);
      try {
        if (options.dryRun) await forecast(experiment, options, line);
        else await perform(experiment, options, line, runs);
      } catch (error) {
        tellBadImages(error, options, line);
        throw error;
      }
    });
}

async function forecast(
  experiment: Experiment,
  options: RunCommandOptions,
  line: CommandLine,
): Promise<void> {
  const note = (text: string): void => line.err(`${text}\n`);
  const cache = cacheSettings(line.env);
  for (const folder of cacheFolders(cache)) line.writesIn(folder);
  const found = await forecastRun(experiment, { ...options, cache }, note);
  line.out(options.json ? jsonLine(found) : dryRunText(found));
}

async function perform(
  experiment: Experiment,
  options: RunCommandOptions,
  line: CommandLine,
  runs: typeof run,
): Promise<void> {
  const directory = runDirectory(options.out);
  const cache = cacheSettings(line.env);
  const display = progressDisplay(process.stderr, line.err);
  try {
    for (const folder of [...writtenFolders(directory), ...cacheFolders(cache)]) line.writesIn(folder);
    await withStopSignals(line.stops ?? neverStopped, async (signals) => {
      const runOptions: RunOptions = {
        ...optionsOf(options),
        cache,
        ...signals,
        onProgress: (progress) => display.show(progress),
        onNote: (text) => display.note(text),
      };
      if (options.reduce && options.wave === undefined) {
        const outcome = await runs(experiment, runOptions);
        display.end();
        tellScoring(outcome, directory, line);
        await tellResults(outcome, options, directory, line, signals.stop);
      } else {
        const outcome = await runWithoutReducing(experiment, { ...runOptions, wave: options.wave });
        display.end();
        tellScoring(outcome, directory, line);
        line.err(`${directory.path}: ${scoredText(options)}\n`);
        if (options.json) line.out(scoringJson(directory, outcome));
      }
    });
  } finally {
    display.end();
  }
}

/** What of the command's options a run takes, by the library's names. */
function optionsOf(options: RunCommandOptions): RunOptions {
  const { out, device, precision, workers, memory, deadline, wait, shard: share } = options;
  const { retryErrors, rescore, trustImages, costs } = options;
  return {
    ...{ out, device, precision, workers, memory, deadline, wait, share },
    ...{ retryErrors, rescore, trustImages, costs },
  };
}

/** What of the scoring people are told, whatever comes of the scores. */
function tellScoring(
  { nothingToDo, memory, leftOut }: ScoringOutcome,
  directory: RunDirectory,
  line: CommandLine,
): void {
  if (nothingToDo) line.err(`${directory.path}: the run is finished, nothing to do\n`);
  if (leftOut.length > 0) line.err(leftOutText(leftOut));
  if (memory !== null) line.err(`memory: at most ${formatBytes(memory.peakBytes)} was used\n`);
}

/** Prints the results, and writes the page unless that is not wanted. */
async function tellResults(
  outcome: RunOutcome,
  options: RunCommandOptions,
  directory: RunDirectory,
  line: CommandLine,
  stop: AbortSignal,
): Promise<void> {
  const inverted = belowChanceText(outcome);
  if (inverted !== '') line.err(inverted);
  const { thumbnails } = options;
  const page = wantsReport(options, line.env)
    ? await reportAfterRun(directory, outcome, { thumbnails, signal: stop })
    : null;
  line.out(
    options.json
      ? resultsJson(directory, outcome, page)
      : resultsText(directory, outcome, page, options.tables),
  );
}

/** What is there when the scoring has ended, and what comes next. */
function scoredText({ wave, out }: RunCommandOptions): string {
  return wave === 1
    ? 'all scores of validation images are there; for those of test images: the same command without --wave 1'
    : `all scores are there; for the tables: grodin reduce ${quoted(out)}`;
}

/** Names the images that an error is about: all of them for scripts, the first hundred for people. */
function tellBadImages(error: unknown, { out, json }: RunCommandOptions, line: CommandLine): void {
  if (!(error instanceof BadImagesError) && !(error instanceof MissingImagesError)) return;
  const directory = runDirectory(out);
  if (json) line.out(badImagesJson(directory, error.rows));
  else if (error instanceof BadImagesError) line.err(badImagesText(directory, error.rows));
}
