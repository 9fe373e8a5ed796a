#!/usr/bin/env node
/**
 * A very large run but for its scoring, which is made up: what planning, choosing cells, looking at it, reducing and growing take,
 * by the commands that a user types, in seconds and in memory. Prints a Markdown table, a row as soon as it is known:
 *
 *     node dist/scripts/large-run/large-run.js [--models 10] [--sets 80] [--rows 50000] [--only plan,wave1,…] FOLDER
 *
 * Everything is made in FOLDER and kept, so that a step can be repeated by `--only`: `plan` begins the run anew, up to its first
 * shard; `wave1` writes the shards of wave 1 with scores of normal noise, `wave2` those of wave 2; `status1`, `choose`, `status2`, `reduce`,
 * `again` and `grow` lie between and behind them; `sizes` counts files. Ten models, 80 sets and 50 000 rows take about 25 GB. Needs Linux,
 * whose `/proc` tells what processes take.
 */
import { InvalidArgumentError } from 'commander';
import { isThere } from '../../manifests/output/file-system.js';
import { integerOption } from '../../pipeline/cli/options/numbers.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { runScript, scriptProgram } from '../script-program.js';
import { deviationsOf } from './expected-results.js';
import { folderSizes } from './folder-sizes.js';
import { type LargeExperiments, type LargeRun, largeExperiments } from './large-experiment.js';
import { type Measured, outOf, steps } from './steps.js';

const names = [...Object.keys(steps), 'sizes'];
/** One image has as many names as there are rows, and sets are cells of ImageNet-C. */
const most = { models: 1000, sets: 94, rows: 60_000 };

function stepsOption(text: string): readonly string[] {
  const wanted = text.split(',');
  for (const one of wanted)
    if (!names.includes(one)) throw new InvalidArgumentError(`Expected of ${names.join(', ')}.`);
  return wanted;
}

interface Values extends LargeRun {
  readonly only: readonly string[];
}

function tell({ what, taken, note = '' }: Measured): void {
  const megabytes = taken?.peaks.slice(0, 3).map((bytes) => (bytes / 1e6).toFixed(0)) ?? [];
  const cells = [what, taken?.seconds.toFixed(1), taken?.processor.toFixed(1), megabytes.join(', '), note];
  process.stdout.write(`| ${cells.map((cell) => cell ?? '').join(' | ')} |\n`);
}

async function tellSizes(large: LargeExperiments): Promise<void> {
  for (const [what, place] of [
    ['manifests', large.manifests],
    ['run directory', outOf(large)],
    ['its shards', runDirectory(outOf(large)).shards],
    ['its plan', runDirectory(outOf(large)).plan],
    ['its journals', runDirectory(outOf(large)).journals],
  ] as const) {
    if (!(await isThere(place))) continue;
    const { files, bytes, largest } = await folderSizes(place);
    const note = `${files} files, ${(bytes / 1e6).toFixed(1)} MB, most in one folder ${largest.names} (${largest.folder})`;
    tell({ what, taken: null, note });
  }
}

const program = scriptProgram('large-run', 'measure a very large run but for its scoring')
  .argument('<folder>', 'where everything is made and kept')
  .option('--models <n>', 'models', integerOption(1, most.models), 10)
  .option('--sets <n>', 'outlier sets', integerOption(1, most.sets), 80)
  .option('--rows <n>', 'images of each set', integerOption(1, most.rows), 50_000)
  .option('--only <steps>', 'the steps that are taken', stepsOption, names)
  .action(async (folder: string, { only, ...size }: Values) => {
    const large = await largeExperiments(folder, size);
    process.stdout.write("| | seconds | processor's | most MB of a process | |\n|---|---:|---:|---:|---|\n");
    for (const [name, step] of Object.entries(steps)) {
      if (!only.includes(name)) continue;
      await step(large, tell);
      if (name !== 'reduce') continue;
      const { compared, typical, largest } = await deviationsOf(runDirectory(outOf(large)));
      const note = `${compared}, off by ${typical.toFixed(2)} standard errors, at most ${largest.toFixed(1)}`;
      tell({ what: 'ROC-AUCs beside what the shifts imply', taken: null, note });
    }
    if (only.includes('sizes')) await tellSizes(large);
  });

process.exitCode = await runScript(program);
