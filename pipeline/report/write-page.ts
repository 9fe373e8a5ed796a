import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { writeComparison } from './write-comparison.js';
import { type ReportSettings, type WrittenReport, writeReport } from './write-report.js';

/**
 * Writes the page of one run, or of several the one that compares the first with each other one.
 * @param paths of run directories, at least one
 * @throws InputError when a folder holds no run, one is given twice, or images are asked for of several
 */
export async function writePage(
  paths: readonly string[],
  settings: ReportSettings = {},
): Promise<WrittenReport> {
  const [first = '', ...others] = paths;
  if (others.length === 0) return writeReport(runDirectory(first), settings);
  const { thumbnails, ...comparison } = settings;
  if (thumbnails !== undefined)
    throw new InputError(
      `${setting('thumbnails', thumbnails)}: the page of several runs shows no images; leave it out, or give one run directory`,
    );
  return writeComparison(paths, comparison);
}
