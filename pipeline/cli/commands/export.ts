import { type Command, Option } from 'commander';
import { jsonLine, printableLine } from '../../../manifests/input/printable.js';
import { outputFolder } from '../../../manifests/output/output-file.js';
import { InterruptedError } from '../../../stages/errors.js';
import { splitNames } from '../../../workers/store/planned-shard.js';
import { runDirectory } from '../../../workers/store/run-directory.js';
import { type ExportSettings, exportRun, type UnfinishedWave } from '../../export/export-run.js';
import { exportFormatNames } from '../../export/formats/names.js';
import type { CommandLine } from '../command-line.js';
import { jsonOption } from '../options/json.js';
import { namesOption } from '../options/names.js';

interface ExportFlags extends ExportSettings {
  readonly out: string;
  readonly json?: true;
}

/** `grodin export DIR --out FILE`: the scores of a run as one table, for other tools. */
export function registerExport(program: Command, line: CommandLine): void {
  program
    .command('export')
    .description('write the scores of a run as one table for pandas, polars, DuckDB and others')
    .argument('<dir>', 'the run directory')
    .requiredOption(
      '--out <file>',
      'the file, outside the run directory; a table that is there is replaced once all is written',
    )
    .addOption(
      new Option('--format <name>', "default: what the file's name ends in").choices([...exportFormatNames]),
    )
    .option('--wide', 'a row an image and outlier set, a column a detector at the cell chosen for that set')
    .addOption(namesOption('--models <names>', 'only these models, for example a,b'))
    .addOption(namesOption('--sets <names>', 'only these sets'))
    .addOption(new Option('--split <name>', 'only these images').choices([...splitNames]))
    .addOption(namesOption('--detectors <names>', 'only these of the detectors that the experiment has'))
    .option('--logits', 'the logits at ε = 0 too, in the first row of each image (parquet, arrow)')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nWithout --wide a row is an image at one ε and T; docs/columns.md explains every column.' +
        '\nOf a run that is unfinished what is there is written, and the exit code is 75.',
    )
    .action(async (dir: string, { out, json, ...settings }: ExportFlags) => {
      line.writesIn(await outputFolder(out));
      const outcome = await exportRun(runDirectory(dir), out, settings);
      const { rows, failedImages, unfinished } = outcome;
      const failed = failedImages === 0 ? '' : `, ${failedImages} of images that could not be used`;
      line.out(json ? jsonLine(outcome) : `${printableLine(out)}: ${rows} rows${failed}\n`);
      if (unfinished.length === 0) return;
      throw new InterruptedError(
        `${dir}: the run is unfinished, so that the table lacks scores: ${unfinished.map(lacking).join('; ')}; ` +
          'finish it with grodin run, then export again',
      );
    });
}

function lacking({ split, shards, missing, isPlanned }: UnfinishedWave): string {
  if (shards === 0) return `${split} images are not planned yet`;
  const rest = isPlanned ? '' : ', and more are to be planned';
  return `${missing} of ${shards} shards of ${split} images${rest}`;
}
