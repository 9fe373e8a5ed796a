import { runDirectory, writtenFolders } from '../workers/store/run-directory.js';
import { requireRunDirectory } from './arguments.js';
import { apart, type JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';
import type { ReportSettings, WrittenReport } from './report/write-report.js';

/** How a report is written, and how to stop that. */
export interface ReportOptions extends ReportSettings, Pick<JobOptions, 'signal'> {}

/**
 * Writes the report of a run, finished or not, in a process of its own: a page that needs nothing but itself, and its plots
 * beside it.
 * @param out the run directory
 * @throws InputError naming an option that is out of bounds
 * @throws InputError when the folder holds no run
 * @throws InterruptedError when `signal` was aborted; the same call begins again
 */
export async function report(out: string, options: ReportOptions = {}): Promise<WrittenReport> {
  requireRunDirectory('report', out);
  const { signal, ...settings } = checkedOptions('report', options);
  return apart('report', [out, settings], { signal, writesIn: writtenFolders(runDirectory(out)) });
}
