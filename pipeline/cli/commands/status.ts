import type { Command } from 'commander';
import { jsonLine } from '../../../manifests/input/printable.js';
import { runDirectory } from '../../../workers/store/run-directory.js';
import { type RunStatus, statusOf } from '../../status/run-status.js';
import type { CommandLine } from '../command-line.js';
import { jsonOption } from '../options/json.js';

/** `grodin status DIR`: how far a run has come. */
export function registerStatus(program: Command, line: CommandLine): void {
  program
    .command('status')
    .description('tell how far a run has come')
    .argument('<dir>', 'the run directory')
    .addOption(jsonOption())
    .action(async (dir: string, options: { json?: true }) => {
      const status = await statusOf(runDirectory(dir));
      line.out(options.json ? jsonLine(status) : statusText(status));
    });
}

function statusText(status: RunStatus): string {
  const lines = [`${status.out}: experiment ${status.experiment}`];
  for (const { wave, done, total, parts } of status.waves) {
    lines.push(`wave ${wave} (${wave === 1 ? 'validation' : 'test'} images): ${done}/${total} shards`);
    for (const part of parts) {
      const bad = part.failedImages === 0 ? '' : `, ${part.failedImages} images could not be used`;
      lines.push(`  ${part.model}, ${part.set}: ${part.done}/${part.total}${bad}`);
    }
  }
  if (!status.waves.some(({ wave }) => wave === 2)) {
    lines.push('wave 2 (test images): planned when wave 1 is done');
  }
  lines.push(
    `selection: ${status.selectionMade ? 'made' : 'not made yet'}`,
    `results: ${status.resultsWritten ? 'written' : 'not written yet'}`,
    `images that could not be used: ${status.failedImages}`,
  );
  return `${lines.join('\n')}\n`;
}
