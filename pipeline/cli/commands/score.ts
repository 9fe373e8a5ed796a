import type { Command } from 'commander';
import type { ScoredImage } from '../../../workers/score-images.js';
import { InputError } from '../../errors.js';
import { score } from '../../score.js';
import type { CommandLine } from '../command-line.js';
import { jsonOption } from '../options/json.js';
import { nonNegativeNumber, positiveNumber } from '../options/numbers.js';
import { preprocessOf, preprocessOption } from '../options/preprocess.js';

interface ScoreValues {
  readonly temperature: number;
  readonly epsilon: number;
  readonly preprocess?: string;
  readonly json?: true;
}

const heading = ['predicted', 'MSP', 'ML', 'ODIN', 'log G', 'log SG'];

/** `grodin score MODEL.onnx IMAGE…`: one line per image. */
export function registerScore(program: Command, line: CommandLine): void {
  program
    .command('score')
    .description('score image files: one line per image, larger = more out-of-domain')
    .argument('<model>', 'ONNX classifier')
    .argument('<image...>', 'image files')
    .option('--temperature <t>', 'T of ODIN, G and SG', positiveNumber, 1)
    .option('--epsilon <e>', 'perturbation size in pixel units ([0, 1] range)', nonNegativeNumber, 0)
    .addOption(preprocessOption())
    .addOption(jsonOption())
    .action(async (model: string, images: string[], values: ScoreValues) => {
      const { temperature, epsilon, json } = values;
      const preprocess =
        values.preprocess === undefined ? {} : { preprocess: await preprocessOf(values.preprocess) };
      let failed = 0;
      let begun = false;
      for await (const result of score(model, images, { temperature, epsilon, ...preprocess })) {
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
