import type { Command } from 'commander';
import { jsonLine } from '../../../manifests/input/printable.js';
import { RunFailedError } from '../../../stages/errors.js';
import { speedNetworks } from '../../../workers/doctor/speed-networks.js';
import { type SplitSpeed, timeSplits } from '../../../workers/doctor/splits.js';
import { advise, adviseAll, examine } from '../../doctor/doctor.js';
import { remember } from '../../doctor/remembered.js';
import { cacheSettings } from '../../graphs/graph-cache.js';
import type { CommandLine } from '../command-line.js';
import { doctorText } from '../doctor-report.js';
import { deviceOption } from '../options/device.js';
import { jsonOption } from '../options/json.js';
import { positiveNumber } from '../options/numbers.js';

interface DoctorValues {
  readonly device?: string;
  readonly seconds: number;
  readonly json?: true;
}

/** `grodin doctor`: which devices are there, whether they are right, how fast they are, and which to use. */
export function registerDoctor(program: Command, line: CommandLine): void {
  program
    .command('doctor')
    .description(
      'check every device: whether it is there, agrees with float64, how fast it is, and which to use',
    )
    .addOption(deviceOption('every kind, as auto'))
    .option(
      '--seconds <s>',
      'about how long a device is compared with float64, and then timed; what has begun is finished, which takes ' +
        'a GPU in software a minute or more',
      positiveNumber,
      20,
    )
    .addOption(jsonOption())
    .addHelpText('after', '\nExit code 1 when the CPU, or a device that is named, does not work.')
    .action(async ({ device, seconds, json }: DoctorValues) => {
      const asked = device === 'auto' ? undefined : device;
      const reports = await examine({
        ...(asked === undefined ? {} : { device: asked }),
        paritySeconds: seconds,
        speedSeconds: seconds,
        onDevice: (name) => {
          if (line.terminal) line.err(`checking ${name} …\n`);
        },
      });
      const splits = reports.some((one) => one.device === 'cpu' && one.state === 'works')
        ? await splitsWithin(seconds)
        : [];
      const advice = advise(reports);
      const cache = cacheSettings(line.env);
      if (cache !== null) line.writesIn(cache.folder);
      if (asked === undefined) await remember(cache, adviseAll(reports));
      line.out(
        json
          ? jsonLine({ devices: reports, splits, use: advice })
          : doctorText({ reports, splits, advice, width: process.stdout.columns }),
      );
      const broken = reports.filter(
        ({ device: name, state }) => state !== 'works' && (asked !== undefined || name === 'cpu'),
      );
      if (broken.length > 0)
        throw new RunFailedError(
          broken
            .map(({ device: name, state, problem }) => (json && problem?.message) || `${name}: ${state}`)
            .join('; '),
        );
    });
}

async function splitsWithin(seconds: number): Promise<readonly SplitSpeed[]> {
  const [small = ''] = Object.keys(speedNetworks);
  return timeSplits(small, Math.min(2, seconds / 10) / 3);
}
