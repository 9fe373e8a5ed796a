import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { DEFAULT_MAX_PIXELS } from '../../../workers/images/max-pixels.js';
import type { ScoredImage } from '../../../workers/score-images.js';
import { exitCodes, InputError } from '../../errors.js';
import { cacheSettings } from '../../graphs/graph-cache.js';
import { score } from '../../score.js';
import type { CommandLine } from '../command-line.js';
import { deviceOption } from '../options/device.js';
import { jsonOption } from '../options/json.js';
import { integerOption, nonNegativeNumber, positiveNumber } from '../options/numbers.js';
import { preprocessOf, preprocessOption } from '../options/preprocess.js';

interface ScoreValues {
  readonly temperature: number;
  readonly epsilon: number;
  readonly preprocess?: string;
  readonly device?: string;
  readonly imagesFrom?: string;
  readonly maxPixels: number;
  readonly json?: true;
}

/** ONNX Runtime crashes in a process whose command line is longer than about 28 000 characters. */
const longestArguments = 16_000;

const heading = ['predicted', 'MSP', 'ML', 'ODIN', 'log G', 'log SG'];

/** `grodin score MODEL.onnx IMAGE…`: one line per image. */
export function registerScore(program: Command, line: CommandLine): void {
  program
    .command('score')
    .description('score image files: one line per image, larger = more out-of-domain')
    .argument('<model>', 'ONNX classifier')
    .argument('[image...]', 'image files')
    .option('--images-from <file>', 'read the image paths from a file, one a line (- = standard input)')
    .option('--temperature <t>', 'T of ODIN, G and SG', positiveNumber, 1)
    .option('--epsilon <e>', 'perturbation size in pixel units ([0, 1] range)', nonNegativeNumber, 0)
    .addOption(preprocessOption())
    .option(
      '--max-pixels <n>',
      'images of more pixels are not decoded: their memory grows with them',
      integerOption(1),
      DEFAULT_MAX_PIXELS,
    )
    .addOption(deviceOption('cpu'))
    .addOption(jsonOption())
    .action(async (model: string, named: string[], values: ScoreValues) => {
      if (named.join(' ').length > longestArguments && process.argv[2] === 'score') {
        process.exitCode = await scoreInChild(model, named, values);
        return;
      }
      const images =
        values.imagesFrom === undefined ? named : [...named, ...(await readPaths(values.imagesFrom))];
      if (images.length === 0)
        throw new InputError(
          'no image to score: name image files, or a list of them with --images-from FILE',
        );
      const { temperature, epsilon, maxPixels, json } = values;
      const preprocess =
        values.preprocess === undefined ? {} : { preprocess: await preprocessOf(values.preprocess) };
      const cache = cacheSettings(line.env);
      const device = values.device === undefined ? {} : { device: values.device };
      let failed = 0;
      let begun = false;
      for await (const result of score(model, images, {
        temperature,
        epsilon,
        maxPixels,
        ...preprocess,
        ...device,
        cache,
        onNote: (text) => line.err(`${text}\n`),
      })) {
        if ('error' in result) {
          failed += 1;
          line.err(`grodin: ${result.error}\n`);
        } else {
          if (!json && !begun) line.out(headingLine());
          begun = true;
          line.out(json ? `${JSON.stringify(result)}\n` : textLine(result));
        }
      }
      if (failed > 0) throw new InputError(`${failed} of ${images.length} images could not be scored`);
    });
}

function headingLine(): string {
  return `${heading.map((title) => title.padStart(11)).join('  ')}  path\n`;
}

function textLine({ path, predicted, msp, ml, odin, logG, logSG }: ScoredImage): string {
  const cells = [String(predicted), ...[msp, ml, odin, logG, logSG].map((value) => value.toPrecision(7))];
  return `${cells.map((cell) => cell.padStart(11)).join('  ')}  ${path}\n`;
}

/** Scores in a process of its own that gets the paths by its standard input. @returns its exit code */
async function scoreInChild(model: string, images: readonly string[], values: ScoreValues): Promise<number> {
  const { temperature, epsilon, maxPixels, preprocess, device, json, imagesFrom } = values;
  const options = ['--temperature', String(temperature), '--epsilon', String(epsilon), '--images-from', '-'];
  options.push('--max-pixels', String(maxPixels));
  if (preprocess !== undefined) options.push('--preprocess', preprocess);
  if (device !== undefined) options.push('--device', device);
  if (json) options.push('--json');
  const more = imagesFrom === undefined ? [] : await readPaths(imagesFrom);
  const program = fileURLToPath(new URL('../main.js', import.meta.url));
  const child = spawn(process.execPath, [program, 'score', model, ...options], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  // A child that ends early says why itself.
  child.stdin?.on('error', () => {});
  child.stdin?.end([...images, ...more].join('\n'));
  const [code] = await once(child, 'close');
  return typeof code === 'number' ? code : exitCodes.failed;
}

async function readPaths(file: string): Promise<string[]> {
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  return content.split(/\r?\n/).filter((path) => path !== '');
}
