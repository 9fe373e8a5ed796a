import type { Experiment } from '../../pipeline/experiment/experiment.js';
import { retryErrors } from '../../pipeline/inputs/bad-images.js';
import { openRun } from '../../pipeline/opening/open-run.js';
import { allPlanned } from '../../pipeline/opening/valid-steps.js';
import { planBatch } from '../../pipeline/setup/plan-batch.js';
import { resolveSetup } from '../../pipeline/setup/run-setup.js';
import { isBegun } from '../../pipeline/store/revisions.js';
import { type Device, deviceText, type Precision } from '../../workers/devices/device.js';
import { runDirectory } from '../../workers/store/run-directory.js';

/** What a run is opened with. */
export interface OpenedWith {
  /** The run directory. */
  readonly out: string;
  /** All of one kind. */
  readonly devices: readonly Device[];
  readonly precision?: Precision;
}

/**
 * Does what `grodin run --retry-errors` begins with, once for all processes of a launch: each would set aside what
 * the others have scored again meanwhile, and once more whenever it is started again.
 * @throws InputError when the experiment doesn't fit the run that is there
 */
export async function setFailedAside(
  experiment: Experiment,
  { out, devices: [device], precision }: OpenedWith,
): Promise<void> {
  if (device === undefined) throw new RangeError('no devices');
  const directory = runDirectory(out);
  if (!(await isBegun(directory))) return;
  const setup = await resolveSetup(experiment, { device: deviceText(device), precision, workers: 1 });
  // The run has its batch size already: memory is not asked for.
  const { experiment: planned } = await planBatch(experiment, directory, { ...setup, allowedBytes: null });
  const run = await openRun(planned, directory);
  await retryErrors(run, await allPlanned(run));
}
