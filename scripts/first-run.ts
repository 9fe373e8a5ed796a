import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runGuarded } from '../pipeline/cli/guard.js';
import { runHere } from '../pipeline/cli/here.js';
import { type StandardStreams, standardStreams } from '../pipeline/cli/standard-streams.js';
import type { Stops } from '../pipeline/cli/stops.js';
import { runDirectory } from '../workers/store/run-directory.js';
import { runScript, scriptProgram } from './script-program.js';

interface StartOptions {
  readonly folder: string;
  readonly sweep?: true;
}

/** Tables of the sweep that are printed; the others are of 75 columns, or hundreds of lines. */
const matrices = ['corruptions', 'corruptions-accuracy'];

/** Runs `start` by this process's arguments. @returns the exit code */
export function firstRun(stops: Stops): Promise<number> {
  const streams = standardStreams('start');
  return runScript(
    scriptProgram(
      'start',
      'Write the images of the micro-benchmark and run it with the full grid, which takes minutes. Interrupted, the same ' +
        'command goes on; finished, it prints the results again.',
    )
      .option('--folder <dir>', 'where the images and the run are kept', join('results', 'micro-benchmark'))
      .option('--sweep', 'run one network on the clean images under 15 corruptions in 5 severities instead')
      .addHelpText('after', '\nExit codes: those of grodin run.')
      .action(async ({ folder, sweep }: StartOptions) => {
        const data = join(folder, 'data');
        const run = join(folder, sweep ? 'sweep' : 'run');
        const experiment = join(data, sweep ? 'sweep.json' : 'experiment.json');
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
        streams.out(`grodin run ${experiment} --out ${run}\n`);
        process.exitCode = await (sweep
          ? runSweep(experiment, run, stops, streams)
          : runHere(['run', experiment, '--out', run, '--thumbnails', 'embedded', '--costs'], stops));
      }),
    streams,
  );
}

/** Runs the experiment of all corruptions and prints its matrices alone. @returns the exit code */
async function runSweep(
  experiment: string,
  out: string,
  stops: Stops,
  streams: StandardStreams,
): Promise<number> {
  const exitCode = await runHere(['run', experiment, '--out', out, '--thumbnails', 'embedded'], stops, {
    ...streams,
    out: () => {},
  });
  if (exitCode !== 0) return exitCode;
  const { tables } = runDirectory(out);
  for (const name of matrices) streams.out(`\n${await readFile(join(tables, `${name}.md`), 'utf8')}`);
  streams.out(`\nall tables: ${join(out, 'tables')}\nreport: ${join(out, 'report.html')}\n`);
  return exitCode;
}
