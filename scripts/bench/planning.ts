#!/usr/bin/env node
/**
 * Times the planning of a large sweep: 80 outlier sets and one in-domain set of 50 000 rows each. Prints a Markdown table:
 *
 *     node dist/scripts/bench/planning.js [--sets N] [--rows N] [--times N] [--only forecast,run,join,images] FOLDER
 *
 * `forecast` is `grodin run --dry-run --trust-images`; `small` the same of sets of so few rows that what it takes is nearly all
 * for starting, for the network's graphs and for timing its passes; `run` is `grodin run --trust-images` until it begins
 * its first shard, and `join` a second process that joins it, until its own; `images` is `run` without `--trust-images`, which
 * looks at every image file first. Each figure is the least of several runs. The files are made in FOLDER the first time, and
 * kept. Needs Linux, whose `/proc` tells what processes take.
 */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import { FollowedCommand, type Taken } from './followed-command.js';
import { sweepFiles } from './sweep-files.js';

const model = fileURLToPath(new URL('../../../test/golden/residual.onnx', import.meta.url));

/** Rows of a set of which nothing but its being there takes time: as many as are drawn for validation, and some to test on. */
const fewRows = 4_000;

async function forecast(experiment: string): Promise<Taken> {
  const followed = await FollowedCommand.start([
    ...['run', experiment, '--out', outOf(experiment), '--dry-run', '--trust-images'],
  ]);
  try {
    return await followed.untilEnd();
  } finally {
    await followed.end();
  }
}

/** A run until it begins its first shard, and a second process until it does. */
async function runs(experiment: string, options: readonly string[], joins: boolean): Promise<Taken[]> {
  const out = outOf(experiment);
  await rm(out, { recursive: true, force: true });
  const args = ['run', experiment, '--out', out, '--workers', '1', ...options];
  const first = await FollowedCommand.start(args);
  try {
    const taken = [await first.untilFirstShard(out)];
    if (!joins) return taken;
    const second = await FollowedCommand.start(args);
    try {
      return [...taken, await second.untilFirstShard(out)];
    } finally {
      await second.end();
    }
  } finally {
    await first.end();
    await rm(out, { recursive: true, force: true });
  }
}

const outOf = (experiment: string): string => join(dirname(experiment), 'out');

/** What was least of each, as other work on the machine only adds. */
function least(taken: readonly Taken[]): Taken {
  const of = (value: (one: Taken) => number): number => Math.min(...taken.map(value));
  const processes = Math.max(...taken.map(({ peaks }) => peaks.length));
  return {
    seconds: of(({ seconds }) => seconds),
    processor: of(({ processor }) => processor),
    peaks: Array.from({ length: processes }, (_, index) => of(({ peaks }) => peaks[index] ?? 0)),
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      sets: { type: 'string', default: '80' },
      rows: { type: 'string', default: '50000' },
      times: { type: 'string', default: '3' },
      only: { type: 'string', default: 'forecast,small,run,join,images' },
    },
    allowPositionals: true,
  });
  const [folder] = positionals;
  if (folder === undefined)
    throw new Error('usage: planning [--sets N] [--rows N] [--times N] [--only NAME,…] FOLDER');
  const wanted = new Set(values.only.split(','));
  const sets = Number(values.sets);
  const large = await sweepFiles(folder, { sets, rows: Number(values.rows), model });
  const small = await sweepFiles(folder, { sets, rows: fewRows, model });
  const found = new Map<string, Taken[]>();
  const note = (name: string, taken: Taken | undefined): void => {
    if (taken !== undefined && wanted.has(name)) found.set(name, [...(found.get(name) ?? []), taken]);
  };
  for (let time = 0; time < Number(values.times); time += 1) {
    if (wanted.has('forecast')) note('forecast', await forecast(large));
    if (wanted.has('small')) note('small', await forecast(small));
    if (wanted.has('run') || wanted.has('join')) {
      const [first, second] = await runs(large, ['--trust-images'], wanted.has('join'));
      note('run', first);
      note('join', second);
    }
    if (wanted.has('images')) note('images', (await runs(large, [], false))[0]);
  }
  const titles = ['seconds', "processor's", 'most MB of a process'];
  const columns = titles.map((title) => ({ title, align: 'right' as const }));
  const cells = [...found].map(([name, taken]) => {
    const { seconds, processor, peaks } = least(taken);
    const megabytes = peaks.slice(0, 2).map((bytes) => (bytes / 1e6).toFixed(0));
    return [name, seconds.toFixed(1), processor.toFixed(1), megabytes.join(', ')];
  });
  console.log(markdownGrid([{ title: 'planning', align: 'left' }, ...columns], cells));
}

await main();
