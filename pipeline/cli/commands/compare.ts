import type { Command } from 'commander';
import { jsonLine } from '../../../manifests/input/printable.js';
import { outputFolder, writeOutput } from '../../../manifests/output/output-file.js';
import { InterruptedError } from '../../../stages/errors.js';
import { runDirectory } from '../../../workers/store/run-directory.js';
import { compareDirectories } from '../../comparison/compare-runs.js';
import type { NamesCompared } from '../../comparison/name-pairs.js';
import { requireNoFileOfRuns } from '../../results/kept-files.js';
import { areScoresThere } from '../../status/scores-there.js';
import type { CommandLine } from '../command-line.js';
import { comparisonText } from '../comparison-text.js';
import { jsonOption } from '../options/json.js';
import { otherNamesOption } from '../options/other-names.js';

interface CompareFlags extends NamesCompared {
  readonly out?: string;
  readonly json?: true;
}

/** `grodin compare A B`: what differs between two runs. */
export function registerCompare(program: Command, line: CommandLine): void {
  program
    .command('compare')
    .description('tell what differs between two runs, in configuration and in results')
    .argument('<a>', 'a run directory')
    .argument('<b>', 'another one')
    .addOption(
      otherNamesOption(
        '--models <names>',
        'only these models and ensembles, with =NAME where B calls one otherwise',
      ),
    )
    .addOption(otherNamesOption('--sets <names>', 'only these outlier sets, likewise'))
    .option('--out <file>', 'write it to a file (default: standard output)')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nDifferences of ROC-AUC are tested by pairs where both runs scored the same images.' +
        '\nOf a run that is unfinished only the configuration is compared, and the exit code is 75.' +
        '\nThe same as a page with plots: grodin report A B' +
        '\n\nExamples:' +
        '\n  $ grodin compare results/a results/b' +
        '\n  $ grodin compare results/a results/a --models ResNet-18=ResNet-50      # two models of one run' +
        '\n  $ grodin compare results/a results/b --sets textures=DTD,iNaturalist   # one was given another name',
    )
    .action(async (a: string, b: string, { out, json, ...names }: CompareFlags) => {
      if (out !== undefined) {
        line.writesIn(await outputFolder(out));
        await requireNoFileOfRuns(out, [a, b].map(runDirectory));
      }
      const comparison = await compareDirectories(a, b, names);
      const text = json ? jsonLine(comparison) : comparisonText(comparison);
      if (out === undefined) line.out(text);
      else await writeOutput(out, text, async () => {});
      const [unfinished] = comparison.unfinished;
      if (unfinished === undefined) return;
      const isScored = await areScoresThere(runDirectory(unfinished)).catch(() => false);
      throw new InterruptedError(
        isScored
          ? `${unfinished}: has all scores but no results of them, so that these are not compared; make them with grodin reduce, then compare again`
          : `${unfinished}: the run is not finished, so that results are not compared; finish it with grodin run, then compare again`,
      );
    });
}
