import { RunFailedError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { conflictBetween } from '../plan/growth.js';
import { contentId, readRevisions } from '../store/revisions.js';
import type { OpenRun } from './opened.js';

/**
 * Checks that no other process has changed the experiment of this run meanwhile. It may have extended it.
 * @returns whether the latest revision is that of this process
 * @throws RunFailedError when scores of the latest revision are made from something else, naming it
 */
export async function isLatest(run: OpenRun): Promise<boolean> {
  const latest = (await readRevisions(run.directory)).at(-1);
  if (latest === undefined)
    throw new RunFailedError(
      `${run.directory.revisions}: the revisions of this run were removed while it was in progress; ${call('again')}`,
    );
  if (contentId(latest) === contentId(run.contents)) return true;
  const found = conflictBetween(run.contents, latest);
  if (found === null) return false;
  throw new RunFailedError(
    `${run.directory.path}: another process has begun revision ${latest.number} of this run, in which ${found.what} is ` +
      `${JSON.stringify(found.now)}, not ${JSON.stringify(found.before)} as here; finished shards are kept: give both processes ` +
      `the same files, or one of them another ${setting('out')}`,
  );
}

/**
 * @throws RunFailedError when another process has begun a later revision, whose results are the run's
 */
export async function requireLatest(run: OpenRun): Promise<void> {
  if (await isLatest(run)) return;
  throw new RunFailedError(
    `${run.directory.path}: another process has extended the experiment of this run meanwhile, and the processes that run ` +
      `the extended one write the results; all scores are kept: ${call('again')} for the results of this experiment`,
  );
}
