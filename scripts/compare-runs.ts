#!/usr/bin/env node
/** Compares two finished runs of one experiment that were made on different devices: scores, choices and tables. */
import { writeOutput } from '../manifests/output/output-file.js';
import { nonNegativeNumber } from '../pipeline/cli/options/numbers.js';
import { InputError } from '../stages/errors.js';
import { compareRuns, usualTolerances } from './compare-runs/compare.js';
import { prepareCopy } from './compare-runs/prepare.js';
import { comparisonReport } from './compare-runs/report.js';
import { runScript, scriptProgram } from './script-program.js';

interface CompareRunsOptions {
  readonly out?: string;
  readonly tolerance: number;
  readonly experiment?: string;
  readonly prepare?: string;
}

process.exitCode = await runScript(
  scriptProgram(
    'compare-runs',
    'Compare two finished runs of the same experiment, as on the CPU and on a GPU: scores, ROC-AUC on validation, chosen cells ' +
      'and tables, as Markdown. Only whole shards are read; a damaged one is set aside, as by grodin status.',
  )
    .argument('<reference>', 'a finished run directory')
    .argument('[other]', 'another one')
    .option('--out <file>', 'write the Markdown to a file (default: standard output)')
    .option(
      '--tolerance <difference>',
      "what ROC-AUC on test images may differ by at the reference's cells",
      nonNegativeNumber,
      usualTolerances.auroc,
    )
    .option('--experiment <file>', 'whose manifests to read, where the runs were made with files elsewhere')
    .option(
      '--prepare <copy>',
      "copy the reference without its test scores instead, so that another device can score them at the reference's choices: " +
        'grodin run EXPERIMENT --out <copy> --device DEVICE',
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 equal within the tolerances, 1 they differ, 2 bad usage, or runs that can not be compared.',
    )
    .action(compare),
);

async function compare(
  reference: string,
  other: string | undefined,
  options: CompareRunsOptions,
): Promise<void> {
  const { out, tolerance, experiment, prepare } = options;
  if ((other === undefined) === (prepare === undefined))
    throw new InputError(
      'expected either a second run directory to compare with, or --prepare COPY; see compare-runs --help',
    );
  if (prepare !== undefined) {
    const { kept, removed } = await prepareCopy(reference, prepare, experiment);
    console.error(
      `${prepare}: has ${kept} validation shards of ${reference} and lacks its ${removed} test shards; score them with: ` +
        `grodin run EXPERIMENT --out ${prepare} --device DEVICE`,
    );
    return;
  }
  const found = await compareRuns(
    reference,
    other ?? '',
    { ...usualTolerances, auroc: tolerance },
    experiment,
  );
  const text = comparisonReport(found);
  if (out === undefined) console.log(text);
  else await writeOutput(out, text, async () => {});
  process.exitCode = found.failures.length === 0 ? 0 : 1;
}
