import { type Command, Option } from 'commander';
import { jsonLine, printableLine } from '../../../manifests/input/printable.js';
import { outputFolder } from '../../../manifests/output/output-file.js';
import { InputError } from '../../../stages/errors.js';
import { type LoweringPreset, loweringPresets } from '../../../stages/lowerings/lowerings.js';
import { type WrittenDetector, writeDetectorFile } from '../../deployment/write-detector.js';
import { modelToCompile, type ParameterList } from '../../model/model-to-compile.js';
import { descriptionRows } from '../classifier-description.js';
import { alignColumns } from '../columns.js';
import type { CommandLine } from '../command-line.js';
import { type DetectorFlags, detectorOf, detectorOptions } from '../options/detector.js';
import { imageSizeOption } from '../options/image-size.js';
import { jsonOption } from '../options/json.js';
import { modelOutputOption } from '../options/model-output.js';
import { batchOption } from '../options/numbers.js';
import { type ParameterFlags, parameterKeys, parameterOptions } from '../options/parameters.js';

interface CompileValues extends DetectorFlags, ParameterFlags {
  readonly output?: string;
  readonly modelOutput?: string;
  readonly size?: readonly [number, number];
  readonly batch?: number;
  readonly lowerings: LoweringPreset;
  readonly features?: true;
  readonly layerNorms?: true;
  readonly describe?: true;
  readonly listParameters?: true;
  readonly json?: true;
}

/** What a run says of a detector. */
const saidByRun = [
  'modelOutput',
  'size',
  ...parameterKeys,
  'features',
  'layerNorms',
  'describe',
  'listParameters',
];

/** `grodin compile MODEL.onnx -o SCORER.onnx`: the whole detector as one ONNX file. */
export function registerCompile(program: Command, line: CommandLine): void {
  const command = program
    .command('compile')
    .description('turn an ONNX classifier into an ONNX file that perturbs and scores a batch of images')
    .argument(
      '<model>',
      'ONNX classifier: one image input, logits or a closing Softmax as output; opset 7 to 23',
    )
    .option(
      '-o, --output <file>',
      'the file that the scorer is written to, weights that do not fit in it in FILE.data (which output of the model is scored, --model-output says)',
    )
    .addOption(modelOutputOption())
    .addOption(imageSizeOption())
    .option('--batch <n>', 'images in every batch (default: free)', batchOption());
  parameterOptions(command)
    .addOption(
      new Option(
        '--lowerings <name>',
        "what the graph is made of: the forms that are fastest on ONNX Runtime's CPU provider, those that every provider runs, or those for a GPU or half precision",
      )
        .choices(Object.keys(loweringPresets))
        .default('cpu'),
    )
    .option('--features', 'also give features [N,D], what the last layer reads of the perturbed image')
    .option('--layer-norms', 'also give layer_log_norms [N,L], log SG of each parameter of θ alone')
    .option('--describe', 'print where the logits are, the features that the last layer reads, its W and b')
    .option('--list-parameters', 'print what was decided for each tensor, and why')
    .addOption(jsonOption());
  detectorOptions(command, 'write the detector that')
    .addHelpText(
      'after',
      '\nThe scorer takes image float32 [N,C,H,W] (preprocessed), temperature float32 [1] and epsilon float32 [C]' +
        "\n(step of each channel in the network's input space); it gives logits, predicted, log_odds, log_s, log_sg, log_g." +
        '\nA detector of a run (--from) takes image alone and gives score [N], is_out_of_domain bool [N] and predicted [N];' +
        '\nε, T, the threshold and the preprocessing are in its metadata, as JSON under grodin.detector.',
    )
    .action(async (model: string, values: CompileValues) => {
      const { output, listParameters, describe, json, lowerings, ...rest } = values;
      const choice = detectorOf(command, values, saidByRun);
      if (choice !== null) {
        if (output === undefined) throw new InputError('--from: name the output file with -o FILE');
        line.writesIn(await outputFolder(output));
        const { batch } = values;
        const written = await writeDetectorFile(model, output, {
          ...choice,
          lowerings,
          ...(batch === undefined ? {} : { batch }),
        });
        for (const note of written.notes) line.err(`${model}: ${note}\n`);
        line.out(json ? jsonLine({ output, ...written }) : detectorText(output, written));
        return;
      }
      if (output === undefined && !listParameters && !describe)
        throw new InputError(
          'nothing to do: name the output file with -o FILE, or ask for --list-parameters or --describe',
        );
      const read = await modelToCompile(model, { ...rest, lowerings });
      const decisions = read.parameters();
      const description = describe ? read.describe() : null;
      let data: string | null = null;
      if (output !== undefined) {
        line.writesIn(await outputFolder(output));
        ({ data } = await read.write(output));
      }
      for (const note of [...read.notes, ...(description?.notes ?? [])]) line.err(`${model}: ${note}\n`);
      const scored = decisions.parameters.filter((parameter) => parameter.scored).length;
      if (json) {
        const described = description === null ? {} : { description };
        const beside = data === null ? {} : { data };
        line.out(
          jsonLine({ output: output ?? null, ...beside, notes: read.notes, ...described, ...decisions }),
        );
      } else {
        if (description !== null) line.out(alignColumns(descriptionRows(description)));
        if (listParameters) line.out(table(decisions, values.layerNorms === true));
        if (output !== undefined)
          line.out(
            `${printableLine(output)}: ${scored} of ${decisions.parameters.length} parameters scored${data === null ? '' : `; its weights are in ${printableLine(data)}, which must stay beside it`}\n`,
          );
      }
    });
}

function detectorText(output: string, { data, detector }: WrittenDetector): string {
  const { epsilon, temperature, threshold, alpha, rejected } = detector;
  const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`;
  return alignColumns([
    ['file', printableLine(output)],
    ...(data === null ? [] : [['weights', `${printableLine(data)}, which must stay beside it`]]),
    [
      'detector',
      `${detector.detector} at ε = ${epsilon}, T = ${temperature}, chosen for ${printableLine(detector.outliers)}`,
    ],
    ['out of domain', `where score > ${threshold} (α = ${alpha})`],
    [
      'rejected',
      `${percent(rejected.inDomain)} of test images of ${printableLine(detector.inDomain)}, ${percent(rejected.outliers)} of ${printableLine(detector.outliers)}`,
    ],
  ]);
}

/** @param withLayers whether each parameter's place among the norms of layers is shown */
function table({ parameters, others }: ParameterList, withLayers: boolean): string {
  const layer = (place: string): string[] => (withLayers ? [place] : []);
  const rows = [
    ['name', 'role', 'shape', 'in θ', ...layer('layer'), 'why'],
    ...parameters.map(({ name, role, shape, scored, layer: place, reason }) => [
      name,
      role,
      shape.join('×'),
      scored ? 'yes' : 'no',
      ...layer(String(place ?? '–')),
      reason,
    ]),
    ...others.map(({ name, shape, reason }) => [
      ...[name, '–', shape.join('×'), 'no'],
      ...layer('–'),
      reason,
    ]),
  ];
  return alignColumns(rows);
}
