import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { Experiment } from '../experiment/experiment.js';
import { openExperiment } from '../opening/open-run.js';
import { contentId, readLatestRevision } from '../store/revisions.js';

/** Whether a run's latest state is this experiment, with the files that there are now. */
export async function isOf(directory: RunDirectory, experiment: Experiment): Promise<boolean> {
  const latest = await readLatestRevision(directory);
  const { memory: _, device: __, workers: ___, maxPixels: ____, batchSize, ...rest } = experiment;
  const { batchSize: settled, stepsTogether, engine } = latest.experiment;
  const open = await openExperiment({
    ...rest,
    batchSize: batchSize ?? settled,
    ...(stepsTogether === undefined ? {} : { stepsTogether }),
    engine,
  });
  return contentId(open.contents) === latest.contentId;
}
