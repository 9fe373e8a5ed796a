import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { jsonLine, printableLine } from '../../../manifests/input/printable.js';
import { readText, textOf } from '../../../manifests/input/text-file.js';
import { usualDetectors } from '../../../stages/detectors/index.js';
import { columnsOf, type ScoreColumn, scoreColumns } from '../../../stages/detectors/shown-scores.js';
import { InputError } from '../../../stages/errors.js';
import { inWords } from '../../../stages/shown.js';
import type { Precision } from '../../../workers/devices/device.js';
import { DEFAULT_MAX_PIXELS } from '../../../workers/images/source.js';
import type { JudgedImage } from '../../../workers/judge-images.js';
import type { FailedImage, ScoredByNamed } from '../../../workers/score-images.js';
import { cacheFolders, cacheSettings } from '../../graphs/graph-cache.js';
import { judgeFiles } from '../../jobs/judge-files.js';
import { scoreFiles } from '../../jobs/score-files.js';
import type { CommandLine } from '../command-line.js';
import { judgedHeading, judgedLine } from '../judged.js';
import { type CorruptionFlags, corruptionOf, corruptionOptions } from '../options/corrupt.js';
import { type DetectorFlags, detectorOf, detectorOptions } from '../options/detector.js';
import { deviceOption, precisionOption } from '../options/device.js';
import { imageSizeOption } from '../options/image-size.js';
import { jsonOption } from '../options/json.js';
import { modelOutputOption } from '../options/model-output.js';
import { integerOption, nonNegativeNumber, positiveNumber } from '../options/numbers.js';
import {
  type ParameterFlags,
  parameterKeys,
  parametersOf,
  repeatedParameterOptions,
} from '../options/parameters.js';
import { preprocessOf, preprocessOption, truncatedOption } from '../options/preprocess.js';

interface ScoreFlags extends CorruptionFlags, DetectorFlags, ParameterFlags {
  readonly temperature: number;
  readonly epsilon: number;
  readonly detectors?: readonly string[];
  readonly preprocess?: string;
  readonly truncated?: 'error' | 'load';
  readonly modelOutput?: string;
  readonly size?: readonly [number, number];
  readonly device?: string;
  readonly precision?: Precision;
  readonly imagesFrom?: string;
  readonly maxPixels: number;
  readonly json?: true;
}

/** The detectors that read T, as a list in words. */
const temperatureReaders = inWords(scoreColumns.flatMap(({ name, isFixed }) => (isFixed ? [] : [name])));

/** What a run says of a detector. */
const saidByRun = [
  'temperature',
  'epsilon',
  'detectors',
  'preprocess',
  'truncated',
  'modelOutput',
  'size',
  'corrupt',
  'corruptionForm',
  'corruptionSeed',
  'frostTextures',
  ...parameterKeys,
];

/** `grodin score MODEL.onnx IMAGE…`: one line per image. */
export function registerScore(program: Command, line: CommandLine): void {
  const command = program
    .command('score')
    .description('score image files: one line per image, larger = more out-of-domain')
    .argument('<model>', 'ONNX classifier')
    .argument('[image...]', 'image files')
    .option('--images-from <file>', 'read the image paths from a file, one a line (- = standard input)')
    .option('--temperature <t>', `T of ${temperatureReaders}`, positiveNumber, 1)
    .option('--epsilon <e>', 'perturbation size in pixel units ([0, 1] range)', nonNegativeNumber, 0)
    .option(
      '--detectors <names>',
      `detectors, separated by commas; by default ${inWords(usualDetectors)}`,
      (names) => names.split(',').map((name) => name.trim()),
    )
    .addOption(preprocessOption())
    .addOption(truncatedOption());
  corruptionOptions(command)
    .addOption(modelOutputOption())
    .addOption(imageSizeOption(', or the crop of --preprocess'));
  repeatedParameterOptions(command)
    .option(
      '--max-pixels <n>',
      'images of more pixels are not decoded: their memory grows with them',
      integerOption(1),
      DEFAULT_MAX_PIXELS,
    )
    .addOption(deviceOption('cpu'))
    .addOption(precisionOption('scores of another precision differ in their last digits'))
    .addOption(jsonOption());
  detectorOptions(command, 'judge images by the detector that').action(
    async (model: string, named: string[], values: ScoreFlags) => {
      const images =
        values.imagesFrom === undefined ? named : [...named, ...(await readPaths(values.imagesFrom))];
      if (images.length === 0)
        throw new InputError(
          'no image to score: name image files, or a list of them with --images-from FILE',
        );
      const { temperature, epsilon, maxPixels, json } = values;
      const choice = detectorOf(command, values, saidByRun);
      const preprocess =
        values.preprocess === undefined
          ? {}
          : { preprocess: await preprocessOf(values.preprocess, values.truncated) };
      if (values.truncated !== undefined && values.preprocess === undefined)
        throw new InputError('--truncated: is part of the preprocessing; name it with --preprocess');
      const corrupt = await corruptionOf(values);
      const cache = cacheSettings(line.env);
      const device = values.device === undefined ? {} : { device: values.device };
      const precision = values.precision === undefined ? {} : { precision: values.precision };
      for (const folder of cacheFolders(cache)) line.writesIn(folder);
      const { detectors } = values;
      const columns = detectors === undefined ? scoreColumns : columnsOf(detectors);
      let failed = 0;
      let begun = false;
      const show = (result: ScoredByNamed | JudgedImage | FailedImage): void => {
        if ('error' in result) {
          failed += 1;
          line.err(`grodin: ${printableLine(result.error)}\n`);
          return;
        }
        const isJudged = 'isOutOfDomain' in result;
        if (!json && !begun) line.out(isJudged ? judgedHeading : headingLine(columns));
        begun = true;
        if (isJudged) line.out(judgedLine(result, json === true));
        else line.out(json ? jsonLine(result) : textLine(columns, result));
      };
      const output = values.modelOutput === undefined ? {} : { modelOutput: values.modelOutput };
      const size = values.size === undefined ? {} : { size: values.size };
      const settings = {
        temperature,
        epsilon,
        maxPixels,
        ...(detectors === undefined ? {} : { detectors }),
        ...preprocess,
        ...output,
        ...size,
        ...parametersOf(values),
        ...device,
        ...precision,
        ...(corrupt === undefined ? {} : { corrupt }),
        cache,
      };
      const note = (text: string): void => line.err(`${text}\n`);
      const batches =
        choice === null
          ? scoreFiles(model, images, settings, note)
          : judgeFiles(model, images, { ...choice, maxPixels, ...device, ...precision, cache }, note);
      for await (const batch of batches) batch.forEach(show);
      if (failed > 0) throw new InputError(`${failed} of ${images.length} images could not be scored`);
    },
  );
}

function headingLine(columns: readonly ScoreColumn[]): string {
  const heading = ['predicted', ...columns.map((column) => column.heading)];
  return `${heading.map((title) => title.padStart(11)).join('  ')}  path\n`;
}

function textLine(columns: readonly ScoreColumn[], image: ScoredByNamed): string {
  const scores = columns.map(({ key }) => (image[key] ?? Number.NaN).toPrecision(7));
  const cells = [String(image.predicted), ...scores];
  return `${cells.map((cell) => cell.padStart(11)).join('  ')}  ${printableLine(image.path)}\n`;
}

async function readPaths(file: string): Promise<readonly string[]> {
  const content =
    file === '-'
      ? textOf(await buffer(process.stdin), 'standard input', 'image list')
      : await readText(file, 'image list');
  return content.split(/\r\n|\n|\r/).filter((path) => path !== '');
}
