import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { jsonLine } from '../../../manifests/input/printable.js';
import { benchModel, type ModelFigures } from '../../bench/bench-model.js';
import { environment } from '../../bench/environment.js';
import { environmentText, modelText } from '../bench-report.js';
import type { CommandLine } from '../command-line.js';
import { imageSizeOption } from '../options/image-size.js';
import { jsonOption } from '../options/json.js';
import { modelOutputOption } from '../options/model-output.js';
import { batchOption, integerOption, threadsOption } from '../options/numbers.js';

interface BenchValues {
  readonly batch: number;
  readonly threads: number;
  readonly rounds: number;
  readonly profile?: true;
  readonly modelOutput?: string;
  readonly size?: readonly [number, number];
  readonly parameters?: readonly string[];
  readonly json?: true;
}

/** `grodin bench MODEL…`: what scoring costs beside plain inference, and what it can't cost less than. */
export function registerBench(program: Command, line: CommandLine): void {
  program
    .command('bench')
    .description('measure what scoring costs beside plain inference of the same model, and beside its floor')
    .argument('<model...>', 'ONNX classifiers')
    .option('--batch <n>', 'images in every batch', batchOption(), 8)
    .option('--threads <n>', 'threads inside one operation', threadsOption(), availableParallelism())
    .option('--rounds <n>', 'rounds that are counted', integerOption(1), 9)
    .addOption(modelOutputOption())
    .addOption(imageSizeOption())
    .option('--profile', 'show where the time goes, by operation and by shapes')
    .option('--parameters <pattern...>', 'restrict θ to these names or roles, as in grodin compile')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nPasses run in turn in one process, so that their ratios hold on a busy machine too. The floor is what the\n' +
        'multiplications that no implementation saves would take at the rate that plain inference reaches.',
    )
    .action(async (models: readonly string[], values: BenchValues) => {
      const { json, profile, ...options } = values;
      const around = await environment(commandOf(models, values));
      if (!json) line.out(`${environmentText(around)}\n`);
      const figures: ModelFigures[] = [];
      for (const model of models) {
        const measured = await benchModel(model, { ...options, profile: profile ?? false });
        figures.push(measured);
        if (!json) line.out(`${modelText(measured)}\n`);
      }
      if (json) line.out(jsonLine({ environment: around, models: figures }));
    });
}

function commandOf(
  models: readonly string[],
  { batch, threads, rounds, modelOutput, size, profile, parameters }: BenchValues,
): string {
  return [
    'grodin bench',
    ...models,
    `--batch ${batch} --threads ${threads} --rounds ${rounds}`,
    ...(modelOutput === undefined ? [] : [`--model-output '${modelOutput}'`]),
    ...(size ? [`--size ${size.join('x')}`] : []),
    ...(profile ? ['--profile'] : []),
    ...(parameters ? ['--parameters', ...parameters.map((pattern) => `'${pattern}'`)] : []),
  ].join(' ');
}
