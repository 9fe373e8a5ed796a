import { type Command, Option } from 'commander';
import { jsonLine } from '../../../manifests/input/printable.js';
import { InterruptedError, RunFailedError } from '../../../stages/errors.js';
import { runDirectory } from '../../../workers/store/run-directory.js';
import { type RunStatus, statusOf } from '../../status/run-status.js';
import { waitForEnd } from '../../status/wait-for-end.js';
import type { CommandLine } from '../command-line.js';
import { LiveText } from '../live-text.js';
import { notBegun, notBegunText } from '../not-begun.js';
import { jsonOption } from '../options/json.js';
import { statusLine, statusText } from '../status-text.js';

interface StatusFlags {
  readonly check?: true;
  readonly watch?: true;
  readonly exitCode?: true;
  readonly json?: true;
}

/** `grodin status DIR`: how far a run has come. */
export function registerStatus(program: Command, line: CommandLine): void {
  program
    .command('status')
    .description('tell how far a run has come, and who works on it; from any host, while others write')
    .argument('<dir>', 'the run directory')
    .addOption(new Option('--watch', 'look again and again until the run is finished').conflicts('check'))
    .option('--check', 'read and check every shard instead of counting files; damaged ones are set aside')
    .option('--exit-code', 'end with 0 when it is finished, 75 while somebody works on it, else with 1')
    .addOption(jsonOption())
    .action(async (dir: string, options: StatusFlags) => {
      const directory = runDirectory(dir);
      const submission = await notBegun(directory);
      if (submission !== null) {
        const text = notBegunText(directory, submission);
        if (options.watch) line.err(`${text}\n`);
        else {
          line.out(
            options.json ? jsonLine({ out: directory.path, state: 'submitted', submission }) : `${text}\n`,
          );
          if (options.exitCode)
            throw new RunFailedError(`${directory.path}: not finished, and nobody works on it`);
          return;
        }
      }
      const status = options.watch
        ? (await waitForEnd(directory, { onStatus: shownBy(options, line) })).status
        : await statusOf(directory, { check: options.check ?? false });
      if (!options.watch) line.out(options.json ? jsonLine(status) : statusText(status));
      if (options.exitCode) requireFinished(status);
    });
}

/** A live table on a terminal, else a line whenever something has changed. */
function shownBy({ json }: StatusFlags, line: CommandLine): (status: RunStatus) => void {
  if (json) return (status) => line.out(jsonLine(status));
  if (process.stdout.isTTY) {
    const live = new LiveText(process.stdout);
    return (status) => live.show(statusText(status));
  }
  let last = '';
  return (status) => {
    const text = statusLine(status);
    if (text !== last) line.out(`${text}\n`);
    last = text;
  };
}

/** @throws a GrodinError of the kind whose exit code tells what a run is in */
function requireFinished({ state, out }: RunStatus): void {
  if (state === 'working') throw new InterruptedError(`${out}: not finished, and worked on`);
  if (state === 'idle') throw new RunFailedError(`${out}: not finished, and nobody works on it`);
}
