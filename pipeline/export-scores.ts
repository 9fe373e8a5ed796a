import { outputFolder } from '../manifests/output/output-file.js';
import { requirePath, requireRunDirectory } from './arguments.js';
import type { ExportOutcome, ExportSettings } from './export/export-run.js';
import { apart, type JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';

/** What is exported of a run, and how to stop that. */
export interface ExportOptions extends ExportSettings, Pick<JobOptions, 'signal'> {}

/**
 * Writes the scores of a run's latest experiment as one table (CSV, Parquet or Arrow), as far as they are there, in a process
 * of its own: whole or not at all. Memory does not grow with the run.
 * @param out the run directory
 * @param file is replaced, where it is there, once all is written
 * @throws InputError naming an argument or option that is none, or a name that the experiment does not have
 * @throws InputError when the folder holds no run, or its files have changed
 * @throws RunFailedError where there are no scores yet
 * @throws InterruptedError when `signal` was aborted; nothing is written
 */
export async function exportScores(
  out: string,
  file: string,
  options: ExportOptions = {},
): Promise<ExportOutcome> {
  requireRunDirectory('exportScores', out);
  requirePath('exportScores', 'file', file, 'the path of a file');
  const { signal, ...settings } = checkedOptions('exportScores', options);
  return apart('exportScores', [out, file, settings], { signal, writesIn: [await outputFolder(file)] });
}
