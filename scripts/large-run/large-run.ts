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
import { parseArgs } from 'node:util';
import { isThere } from '../../manifests/output/file-system.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { deviationsOf } from './expected-results.js';
import { folderSizes } from './folder-sizes.js';
import { type LargeExperiments, largeExperiments } from './large-experiment.js';
import { type Measured, outOf, steps } from './steps.js';

const names = [...Object.keys(steps), 'sizes'];
const usage = 'large-run.js [--models 10] [--sets 80] [--rows 50000] [--only STEP,…] FOLDER';

function refuse(why: string): never {
  process.stderr.write(`large-run: ${why}; usage: ${usage}\n`);
  process.exit(2);
}

function commandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        models: { type: 'string', default: '10' },
        sets: { type: 'string', default: '80' },
        rows: { type: 'string', default: '50000' },
        only: { type: 'string', default: names.join() },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** One image has as many names as there are rows, and sets are cells of ImageNet-C. */
const most = { models: 1000, sets: 94, rows: 60_000 };

function count(name: keyof typeof most): number {
  const text = values[name];
  return /^[1-9]\d{0,5}$/.test(text) && Number(text) <= most[name]
    ? Number(text)
    : refuse(`--${name}: found ${text}; expected an integer from 1 to ${most[name]}`);
}

const { values, positionals } = commandLine();
const [folder, more] = positionals;
if (folder === undefined) refuse('the folder to work in is missing');
if (more !== undefined) refuse(`found ${more} behind the folder`);
const wanted = new Set(values.only.split(','));
for (const one of wanted)
  if (!names.includes(one)) refuse(`--only: found ${one}; expected of ${names.join(', ')}`);

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

const size = { models: count('models'), sets: count('sets'), rows: count('rows') };
const large = await largeExperiments(folder, size);
process.stdout.write("| | seconds | processor's | most MB of a process | |\n|---|---:|---:|---:|---|\n");
for (const [name, step] of Object.entries(steps)) {
  if (!wanted.has(name)) continue;
  await step(large, tell);
  if (name !== 'reduce') continue;
  const { compared, typical, largest } = await deviationsOf(runDirectory(outOf(large)));
  const note = `${compared}, off by ${typical.toFixed(2)} standard errors, at most ${largest.toFixed(1)}`;
  tell({ what: 'ROC-AUCs beside what the shifts imply', taken: null, note });
}
if (wanted.has('sizes')) await tellSizes(large);
