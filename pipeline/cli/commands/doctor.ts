import type { Command } from 'commander';
import { jsonLine } from '../../../manifests/input/printable.js';
import { RunFailedError } from '../../../stages/errors.js';
import { cacheFolders, cacheSettings } from '../../graphs/graph-cache.js';
import { diagnose } from '../../jobs/diagnose.js';
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
      'about how long to compare a device with float64, and then to time it; a check under way is finished, which on ' +
        'a GPU in software takes a minute or more',
      positiveNumber,
      20,
    )
    .addOption(jsonOption())
    .addHelpText('after', '\nExit code 1 when the CPU, or a device that is named, does not work.')
    .action(async ({ device, seconds, json }: DoctorValues) => {
      const cache = cacheSettings(line.env);
      for (const folder of cacheFolders(cache)) line.writesIn(folder);
      const settings = { ...(device === undefined ? {} : { device }), seconds, cache };
      const diagnosis = await diagnose(settings, (name) => {
        if (line.terminal) line.err(`checking ${name} …\n`);
      });
      const { devices: reports, splits, use: advice } = diagnosis;
      line.out(
        json ? jsonLine(diagnosis) : doctorText({ reports, splits, advice, width: process.stdout.columns }),
      );
      const isNamed = device !== undefined && device !== 'auto';
      const broken = reports.filter(
        ({ device: name, state }) => state !== 'works' && (isNamed || name === 'cpu'),
      );
      if (broken.length > 0)
        throw new RunFailedError(
          broken
            .map(({ device: name, state, problem }) => (json && problem?.message) || `${name}: ${state}`)
            .join('; '),
        );
    });
}
