import { InterruptedError, RunFailedError } from '../../stages/errors.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { isReportCurrent, reportFile } from '../report/write-report.js';
import { type ReportOptions, report } from '../report.js';
import type { RunOutcome } from '../run.js';

/** `--report` and `--no-report`, and what the environment says where neither is given. */
export function wantsReport(
  { report: asked }: { readonly report?: boolean },
  { GRODIN_REPORT }: Readonly<Record<string, string | undefined>>,
): boolean {
  return asked !== false && GRODIN_REPORT !== 'off';
}

/**
 * Writes the report of a run that has just been finished; of one that was finished before, where there is none of its results.
 * @returns absolute path of the page
 * @throws RunFailedError where it can't be written; the results are there all the same
 */
export async function reportAfterRun(
  directory: RunDirectory,
  { nothingToDo }: Pick<RunOutcome, 'nothingToDo'>,
  { thumbnails, signal }: Pick<ReportOptions, 'thumbnails' | 'signal'>,
): Promise<string> {
  if (nothingToDo && (await isReportCurrent(directory))) return reportFile(directory);
  try {
    return (await report(directory.path, { thumbnails, signal })).file;
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new RunFailedError(
      `${directory.path}: the results are written, but not the report: ${why}; write it with grodin report`,
      { cause: error },
    );
  }
}
