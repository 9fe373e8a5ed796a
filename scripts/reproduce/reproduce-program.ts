import { join, resolve } from 'node:path';
import { Option } from 'commander';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { runGuarded } from '../../pipeline/cli/guard.js';
import { runHere } from '../../pipeline/cli/here.js';
import { deviceOption, precisionOption } from '../../pipeline/cli/options/device.js';
import { standardStreams } from '../../pipeline/cli/standard-streams.js';
import type { Stops } from '../../pipeline/cli/stops.js';
import { commandLine } from '../../pipeline/cluster/slurm/bash-text.js';
import { InputError } from '../../stages/errors.js';
import { runScript, scriptProgram } from '../script-program.js';
import {
  inTables,
  type PaperExperiment,
  paperExperiments,
  readPaperExperiment,
} from './paper-experiments.js';
import { experimentsFolder, type Places, planSteps, type Steps } from './steps.js';

interface ReproduceOptions {
  readonly data: string;
  readonly models?: string;
  readonly out: string;
  readonly experiments?: readonly PaperExperiment[];
  readonly device?: string;
  readonly precision?: string;
  readonly trial?: true;
  readonly dryRun?: true;
}

/** Runs `reproduce` by this process's arguments. @returns the exit code */
export function reproduce(stops: Stops): Promise<number> {
  const streams = standardStreams('reproduce');
  return runScript(
    scriptProgram(
      'reproduce',
      "The paper's experiments, from the downloads to the reports: lists the images of each set, and runs what manifests/paper holds. " +
        'Interrupted, the same command goes on; manifests that are there are kept.',
    )
      .option('--data <dir>', 'the folder of the downloads, by the names that they are downloaded by', 'data')
      .option(
        '--models <dir>',
        'the folder of resnet18.onnx, resnet50.onnx and wrn-28-10.onnx (default: models in --data)',
      )
      .option('--out <dir>', 'the folder that gets experiments, manifests and runs', join('results', 'paper'))
      .addOption(
        new Option(
          '--experiments <names>',
          `which, separated by commas: ${paperExperiments.join(', ')} (default: ${inTables.join(',')})`,
        ).argParser(experimentNames),
      )
      .addOption(deviceOption())
      .addOption(precisionOption())
      .option(
        '--trial',
        'with some images of each set and few cells, which takes minutes: to see that all is in place',
      )
      .option('--dry-run', 'look for what is needed and print the steps; write and score nothing')
      .addHelpText('after', '\nExit codes: those of grodin run.')
      .action(async (options: ReproduceOptions) => {
        const places: Places = { data: resolve(options.data), out: resolve(options.out) };
        const models = resolve(options.models ?? join(places.data, 'models'));
        const names = options.experiments ?? inTables;
        const experiments = await Promise.all(
          names.map((name) => readPaperExperiment(name, models, options.trial === true)),
        );
        const steps = await planSteps(experiments, places);
        if (options.dryRun) streams.out(stepsText(steps, places, options));
        else process.exitCode = await take(steps, places, options, stops, streams.out);
      }),
    streams,
  );
}

/** Takes the steps, up to the first that fails. @returns the exit code */
async function take(
  { manifests, kept, experiments }: Steps,
  places: Places,
  options: ReproduceOptions,
  stops: Stops,
  out: (text: string) => void,
): Promise<number> {
  for (const file of kept) out(`${file}: is there, and kept; remove it to have it listed anew\n`);
  await makeFolder(experimentsFolder(places));
  for (const args of manifests) {
    out(`${commandLine(['grodin', ...args])}\n`);
    const exitCode = await runGuarded(args, stops, { program: 'reproduce' });
    if (exitCode !== 0) return exitCode;
  }
  for (const { name, content } of experiments) {
    const file = experimentFile(name, places);
    await writeAtomically(file, `${JSON.stringify(content, null, 2)}\n`);
    const args = runArguments(name, places, options);
    out(`${commandLine(['grodin', ...args])}\n`);
    const exitCode = await runHere(args, stops);
    if (exitCode !== 0) return exitCode;
  }
  for (const { name } of experiments) out(`report: ${join(places.out, name, 'report.html')}\n`);
  return 0;
}

function stepsText(
  { manifests, kept, experiments }: Steps,
  places: Places,
  options: ReproduceOptions,
): string {
  return [
    ...kept.map((file) => `# ${file}: is there, and kept`),
    ...manifests.map((args) => commandLine(['grodin', ...args])),
    ...experiments.flatMap(({ name }) => [
      `# ${experimentFile(name, places)}: is written`,
      commandLine(['grodin', ...runArguments(name, places, options)]),
    ]),
    '',
  ].join('\n');
}

function experimentFile(name: string, places: Places): string {
  return join(experimentsFolder(places), `${name}.json`);
}

function runArguments(
  name: string,
  places: Places,
  { device, precision }: ReproduceOptions,
): readonly string[] {
  return [
    ...['run', experimentFile(name, places), '--out', join(places.out, name)],
    ...(device === undefined ? [] : ['--device', device]),
    ...(precision === undefined ? [] : ['--precision', precision]),
  ];
}

function experimentNames(text: string): readonly PaperExperiment[] {
  return [...new Set(text.split(','))].map((name) => {
    const found = paperExperiments.find((one) => one === name);
    if (found !== undefined) return found;
    throw new InputError(
      `--experiments: found ${JSON.stringify(name)}; expected some of ${paperExperiments.join(', ')}, separated by commas`,
    );
  });
}
