#!/usr/bin/env node
/**
 * Runs a small experiment, or the shipped benchmark, on a real Slurm of this machine's own, as an array, and strikes it: one task is killed with -9, one
 * cancelled, one preempted, one met by its time limit, then all are cancelled and submitted again. Its files must equal those of
 * one process byte for byte.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { echo } from 'zx';
import { withStopSignals } from '../../pipeline/cli/stop-signals.js';
import { catchStops } from '../../pipeline/cli/stops.js';
import { runScript, scriptProgram } from '../script-program.js';
import { startCluster } from './slurm/cluster.js';
import { strikeArray } from './slurm/strike-array.js';

const stops = catchStops('drill-slurm');
const exitCode = await runScript(
  scriptProgram(
    'drill-slurm',
    'Start a Slurm of two nodes on this machine, run a small experiment on it as an array, kill, cancel, preempt and requeue its ' +
      'tasks, and compare all files with those of one process. Needs slurm-wlm and munge. Linux only.',
  )
    .option('--shipped', 'run the shipped benchmark instead, which takes minutes')
    .option('--keep', 'keep the folder with all logs')
    .action(drill),
);
stops.end(exitCode);

interface DrillOptions {
  readonly shipped?: boolean;
  readonly keep?: true;
}

async function drill({ shipped = false, keep }: DrillOptions): Promise<void> {
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'grodin-slurm-'));
  try {
    const place = join(folder, 'cluster');
    await mkdir(place);
    const cluster = await startCluster(place);
    try {
      await withStopSignals(stops, () =>
        strikeArray(cluster.client, join(folder, 'work'), shipped, (text) => echo(text)),
      );
    } finally {
      await cluster.stop();
    }
  } finally {
    if (keep) echo(`kept: ${folder}`);
    else await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  echo(`no fault in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
}
