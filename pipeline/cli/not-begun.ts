import type { RunDirectory } from '../../workers/store/run-directory.js';
import { isBegun } from '../store/revisions.js';
import { readSubmission, type Submission, submissionText } from '../submissions/submission.js';

/** A run that was given to a scheduler, none of whose tasks has begun yet; null where one has, or nothing was. */
export async function notBegun(directory: RunDirectory): Promise<Submission | null> {
  return (await isBegun(directory)) ? null : readSubmission(directory);
}

/** The same in one line. */
export function notBegunText({ path }: RunDirectory, submission: Submission): string {
  return `${path}: submitted to ${submissionText(submission)}; no task has begun yet`;
}
