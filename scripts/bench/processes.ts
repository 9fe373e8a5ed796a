#!/usr/bin/env node
/**
 * Times the scoring of an experiment by one process and by two that share its run directory, each with one worker on a core of its
 * own, in turn. Prints a Markdown table:
 *
 *     node dist/scripts/bench/processes.js [--rounds N] [--points N] [EXPERIMENT]
 *
 * Without an experiment it is the shipped benchmark, with a grid of so many perturbation sizes (81): its own 21 take a minute, of
 * which starting is a visible part. From the start of the processes until all scores are there, so that starting,
 * planning and waiting for the other's last shard count; tables are made by one of them alone, and do not. Needs Linux (`taskset`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeMicroBenchmark } from '../../manifests/micro-benchmark/write.js';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import { ratioSpread, type Spread, spreadOf } from '../../workers/bench/measurement-spread.js';
import { timeInTurn } from '../../workers/bench/time-in-turn.js';

const program = fileURLToPath(new URL('../../pipeline/cli/main.js', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, points: { type: 'string', default: '81' } },
});
const [rounds, points] = [count('rounds'), count('points')];

function count(name: 'rounds' | 'points'): number {
  const value = Number(values[name]);
  if (!(Number.isInteger(value) && value > 0))
    throw new RangeError(`--${name}: expected a number from 1 on, found ${values[name]}`);
  return value;
}

/** Scores with one worker on one core. */
async function score(experiment: string, out: string, core: number): Promise<void> {
  const run = [program, 'run', experiment, '--out', out, '--workers', '1', '--no-reduce'];
  const child = spawn('taskset', ['-c', `${core}`, process.execPath, ...run], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, GRODIN_CACHE: 'off', OMP_NUM_THREADS: '1' },
  });
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`grodin run: exit code ${code}: ${err}`);
}

/** The shipped benchmark with other perturbation sizes. @returns the experiment's file */
async function shippedWith(points: number, data: string): Promise<string> {
  await writeMicroBenchmark(data);
  const file = join(data, 'experiment.json');
  const experiment = JSON.parse(await readFile(file, 'utf8'));
  experiment.grid.epsilon.points = points;
  await writeFile(file, JSON.stringify(experiment));
  return file;
}

await withTemporaryFolder(async (folder) => {
  const [given] = positionals;
  const data = join(folder, 'data');
  const experiment = given === undefined ? await shippedWith(points, data) : resolve(given);
  let runs = 0;
  const by = (processes: number) => async (): Promise<void> => {
    runs += 1;
    const out = join(folder, `run-${runs}`);
    await Promise.all(Array.from({ length: processes }, (_, core) => score(experiment, out, core)));
  };
  const seconds = await timeInTurn(
    [
      { name: 'one', run: by(1) },
      { name: 'two', run: by(2) },
    ],
    { rounds, warmUp: 0 },
  );
  const [one = [], two = []] = [seconds.get('one'), seconds.get('two')];
  const text = ({ median, low, high }: Spread, digits: number): string =>
    `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
  process.stdout.write(
    markdownGrid(
      [
        { title: '', align: 'left' },
        { title: `median of ${rounds} (quartiles)`, align: 'right' },
      ],
      [
        ['one process, seconds', text(spreadOf(one), 1)],
        ['two processes, seconds', text(spreadOf(two), 1)],
        ['one / two', text(ratioSpread(one, two), 2)],
      ],
    ),
  );
});
