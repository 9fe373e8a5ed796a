import { type Command, Option } from 'commander';
import { which } from 'zx';
import { formatBytes } from '../../manifests/input/bytes.js';
import { costsOption } from '../../pipeline/cli/options/costs.js';
import { deadlineOption } from '../../pipeline/cli/options/deadline.js';
import { deviceOption, precisionOption } from '../../pipeline/cli/options/device.js';
import {
  rescoreOption,
  retryErrorsOption,
  trustImagesOption,
} from '../../pipeline/cli/options/kept-scores.js';
import { integerOption, sizeOption, threadsOption } from '../../pipeline/cli/options/numbers.js';
import { tablesOption } from '../../pipeline/cli/options/tables.js';
import { type StandardStreams, standardStreams } from '../../pipeline/cli/standard-streams.js';
import { withStopSignals } from '../../pipeline/cli/stop-signals.js';
import type { Stops } from '../../pipeline/cli/stops.js';
import { autoDevice } from '../../pipeline/doctor/auto.js';
import { cacheSettings } from '../../pipeline/graphs/graph-cache.js';
import { retryErrorsOf } from '../../pipeline/inputs/retry-errors.js';
import { readExperiment } from '../../pipeline/read-experiment.js';
import type { PrintedTables } from '../../pipeline/tables/printed-tables.js';
import type { Precision } from '../../workers/devices/device.js';
import { machineCores } from '../../workers/machine-cores.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { runScript, scriptProgram } from '../script-program.js';
import { allowedCores } from './cores.js';
import { launch } from './launch.js';
import { localDevices } from './local-devices.js';
import { planProcesses } from './plan-processes.js';
import { reduceLaunched } from './reduce-launched.js';
import { sharedOptions } from './shared-options.js';

interface LaunchOptions {
  readonly out: string;
  readonly device?: string;
  readonly precision?: Precision;
  readonly processes?: number;
  readonly workers?: number;
  readonly memory?: number;
  readonly deadline: number;
  readonly retryErrors?: true;
  readonly rescore?: true;
  readonly trustImages?: true;
  readonly costs?: true;
  readonly tables: PrintedTables;
  readonly json?: true;
  readonly debug?: true;
}

/** Runs `launch-local`. @param args default: this process's arguments @returns the exit code */
export function launchLocal(stops: Stops, args?: readonly string[]): Promise<number> {
  const streams = standardStreams('launch-local');
  return runScript(program(stops, streams), streams, args);
}

function program(stops: Stops, { err }: StandardStreams): Command {
  return scriptProgram(
    'launch-local',
    'Run an experiment by several `grodin run` over one run directory, one for each GPU or for each group of cores, ' +
      'and then `grodin reduce`. A process that dies is started again; after three deaths in a row without progress ' +
      'it is given up, and the others go on. After a stop or a crash the same command continues the run, as ' +
      'does a single `grodin run`, which also has --dry-run for a forecast.',
    'an error, also of the processes',
  )
    .argument('<experiment>', 'the experiment file (JSON)')
    .requiredOption('--out <dir>', 'the run directory, which holds everything of the run')
    .addOption(deviceOption())
    .addOption(precisionOption())
    .addOption(
      new Option(
        '--processes <n>',
        'processes on the CPU, at most one a core, each pinned to its share of the cores where taskset is installed ' +
          '(default: one for every 8 cores); with GPUs there is one for each',
      ).argParser(integerOption(1)),
    )
    .addOption(
      new Option(
        '--workers <n>',
        'worker threads of each process on the CPU (default: "workers", or one for each core of its share)',
      ).argParser(threadsOption()),
    )
    .addOption(
      new Option(
        '--memory <size>',
        'memory for all processes together, for example 16GB: each gets an equal part (default: "memory")',
      ).argParser(sizeOption),
    )
    .addOption(deadlineOption())
    .addOption(retryErrorsOption())
    .addOption(rescoreOption())
    .addOption(trustImagesOption())
    .addOption(costsOption())
    .addOption(tablesOption())
    .option('--json', 'print the results as one JSON document')
    .addHelpText(
      'after',
      '\nCtrl-C, SIGTERM and a closed terminal (SIGHUP; not under nohup) stop all processes cleanly;\n' +
        'they also stop when this one is killed.\n\n' +
        'Exit codes: 0 done, 1 failed, 2 bad usage or bad input, 75 interrupted but resumable.',
    )
    .action(async (file: string, options: LaunchOptions) => {
      const experiment = await readExperiment(file);
      const say = (line: string): void => err(`${line}\n`);
      const asked = options.device ?? experiment.device;
      const found = await autoDevice(asked, cacheSettings(process.env), say, options.precision);
      const devices = await localDevices(found ?? asked);
      const memory = options.memory ?? experiment.memory;
      const processes = planProcesses({
        devices,
        processes: options.processes ?? null,
        parallelism: machineCores(),
        cores: (await which('taskset', { nothrow: true })) === null ? null : await allowedCores(),
        // As in a run: an experiment's own number is for its own device.
        workers: options.workers ?? ((found ?? options.device) === undefined ? experiment.workers : null),
        memory,
      });
      // What a process says of its memory is said of its part.
      if (memory !== null && processes.length > 1) {
        const part = formatBytes(memory / processes.length);
        say(`memory: ${formatBytes(memory)} for ${processes.length} processes together, ${part} for each`);
      }
      if (options.retryErrors) await retryErrorsOf(runDirectory(options.out));
      await withStopSignals(stops, async (signals) => {
        await launch(
          { experiment: file, out: options.out, processes, options: sharedOptions(options) },
          { ...signals, say },
        );
        const printed = ['--tables', options.tables, ...(options.json ? ['--json'] : [])];
        process.exitCode = await reduceLaunched(options.out, printed, signals);
      });
    });
}
