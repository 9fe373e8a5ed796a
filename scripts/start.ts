#!/usr/bin/env node
/**
 * The first run of a newcomer: writes the micro-benchmark's images and sweeps them with the full grid.
 * Interrupted, it goes on where it was; finished, it prints the tables again.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $, argv, echo } from 'zx';
import { writeMicroBenchmark } from '../manifests/micro-benchmark/index.js';

const folder = String(argv.folder ?? join('results', 'micro-benchmark'));
const grodin = fileURLToPath(new URL('../pipeline/cli/main.js', import.meta.url));
const data = join(folder, 'data');
const run = join(folder, 'run');

echo(`writing the micro-benchmark's images to ${data}`);
await writeMicroBenchmark(data);
echo(`grodin run ${join(data, 'experiment.json')} --out ${run}`);
const { exitCode } = await $({
  stdio: 'inherit',
  nothrow: true,
})`${process.execPath} ${grodin} run ${join(data, 'experiment.json')} --out ${run}`;
process.exitCode = exitCode ?? 75;
