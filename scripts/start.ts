#!/usr/bin/env node
/**
 * The first run of a newcomer: writes the micro-benchmark's images and sweeps them with the full grid.
 * Interrupted, it goes on where it was; finished, it prints the tables again.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $, echo } from 'zx';
import { writeMicroBenchmark } from '../manifests/micro-benchmark/index.js';
import { runScript, scriptProgram } from './script-program.js';

const grodin = fileURLToPath(new URL('../pipeline/cli/main.js', import.meta.url));

await runScript(
  scriptProgram(
    'start',
    'Write the images of the micro-benchmark and run it with the full grid, which takes minutes. Interrupted, the same ' +
      'command goes on; finished, it prints the tables again.',
  )
    .option('--folder <dir>', 'where the images and the run are kept', join('results', 'micro-benchmark'))
    .addHelpText('after', '\nExit codes: those of grodin run.')
    .action(start),
);

async function start({ folder }: { readonly folder: string }): Promise<void> {
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
}
