import { runDirectory } from '../workers/store/run-directory.js';
import { type RunStatus, statusOf } from './status/run-status.js';

/**
 * How far a run has come. Reads and checks every shard; damaged ones are set aside, and count as not done.
 * @param out the run directory
 * @throws InputError when the folder holds no run
 */
export function status(out: string): Promise<RunStatus> {
  return statusOf(runDirectory(out));
}
