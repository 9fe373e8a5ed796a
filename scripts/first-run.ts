import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runGuarded } from '../pipeline/cli/guard.js';
import { runHere } from '../pipeline/cli/here.js';
import { standardStreams } from '../pipeline/cli/standard-streams.js';
import type { Stops } from '../pipeline/cli/stops.js';
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
        const written = await runGuarded(['write-images', data], stops, {
          entry: fileURLToPath(new URL('./write-images.js', import.meta.url)),
          program: 'start',
          next: 'what is written is kept: run the same command again to continue',
        });
        if (written !== 0) {
          process.exitCode = written;
          return;
        }
        streams.out(`grodin run ${join(data, 'experiment.json')} --out ${run}\n`);
        process.exitCode = await runHere(['run', join(data, 'experiment.json'), '--out', run], stops);
      }),
    streams,
  );
}
