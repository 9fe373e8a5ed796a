import { dirname, resolve } from 'node:path';
import { runDirectory, writtenFolders } from '../workers/store/run-directory.js';
import { requireRunDirectories } from './arguments.js';
import { apart, type JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';
import { plotFolder, usualPage } from './report/page-places.js';
import type { ReportSettings, WrittenReport } from './report/write-report.js';

/** How a report is written, and how to stop that. */
export interface ReportOptions extends ReportSettings, Pick<JobOptions, 'signal'> {}

/**
 * Writes the report of a run, finished or not, in a process of its own: a page that needs nothing but itself, and its plots
 * beside it. Of several runs it is a page of what differs between the first and each other one, as `compare` tells it.
 * @param out the run directory, or a list of them
 * @throws InputError naming an argument that is none, or an option that is out of bounds
 * @throws InputError when a folder holds no run, one is given twice, or `thumbnails` are asked for of several
 * @throws MetricError where several are compared and a score is not finite
 * @throws InterruptedError when `signal` was aborted; the same call begins again
 */
export async function report(
  out: string | readonly string[],
  options: ReportOptions = {},
): Promise<WrittenReport> {
  const paths = typeof out === 'string' ? [out] : out;
  requireRunDirectories('report', paths);
  const { signal, ...settings } = checkedOptions('report', options);
  const first = runDirectory(paths[0] ?? '');
  const page = resolve(settings.file ?? usualPage(first.path, paths.length));
  const writesIn = [...writtenFolders(first), dirname(page), plotFolder(page)];
  return apart('report', [paths, settings], { signal, writesIn });
}
