import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { partialFolder } from '../manifests/micro-benchmark/contents.js';
import { writeMicroBenchmark } from '../manifests/micro-benchmark/index.js';
import { runHere } from '../pipeline/cli/here.js';
import { remove } from '../pipeline/cli/left-behind.js';
import { standardStreams } from '../pipeline/cli/standard-streams.js';
import { type Stops, sayLast } from '../pipeline/cli/stops.js';
import { exitCodes } from '../pipeline/errors.js';
import { runScript, scriptProgram } from './script-program.js';

/** Runs `start` by this process's arguments. @returns the exit code */
export function firstRun(stops: Stops): Promise<number> {
  const streams = standardStreams('start');
  return runScript(
    scriptProgram(
      'start',
      'Write the images of the micro-benchmark and run it with the full grid, which takes minutes. Interrupted, the same ' +
        'command goes on; finished, it prints the tables again.',
    )
      .option('--folder <dir>', 'where the images and the run are kept', join('results', 'micro-benchmark'))
      .addHelpText('after', '\nExit codes: those of grodin run.')
      .action(async ({ folder }: { readonly folder: string }) => {
        const data = join(folder, 'data');
        const run = join(folder, 'run');
        streams.out(`writing the micro-benchmark's images to ${data}\n`);
        await writeImages(data, stops);
        streams.out(`grodin run ${join(data, 'experiment.json')} --out ${run}\n`);
        process.exitCode = await runHere(['run', join(data, 'experiment.json'), '--out', run], stops);
      }),
    streams,
  );
}

/** A signal ends the writing at once: the next call does what is missing. */
async function writeImages(data: string, stops: Stops): Promise<void> {
  const giveBack = stops.handle((signal) => {
    removePartial(join(data, partialFolder));
    sayLast(
      `start: stopped by ${signal}; what is written is kept, and the same command goes on from there\n`,
    );
    stops.end(exitCodes.interrupted);
  });
  await writeMicroBenchmark(data);
  giveBack();
}

/** Removes what this process was writing; another may write there too. */
function removePartial(folder: string): void {
  try {
    for (const name of readdirSync(folder)) {
      if (name.startsWith(`${process.pid}-`)) remove(join(folder, name));
    }
  } catch {
    // Nothing was written yet.
  }
}
