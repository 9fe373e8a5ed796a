import { autoDevice } from './doctor/auto.js';
import type { Experiment } from './experiment/experiment.js';
import type { CacheSettings } from './graphs/graph-cache.js';
import { type AskedMeans, planMeans, type RunMeans } from './plan/means.js';

/** What was asked for, and where what `auto` found is kept and told. */
export interface ChosenBy extends AskedMeans {
  readonly cache: CacheSettings | null;
  readonly onNote: ((text: string) => void) | undefined;
}

/**
 * The devices, precision and workers of a run or of its forecast on this machine: as asked for, else as the experiment says;
 * `auto` stands for the best device.
 * @throws DeviceError or InputError when they are not there, or can't do what was asked
 */
export async function chooseMeans(
  experiment: Experiment,
  { device, precision, workers, cache, onNote }: ChosenBy,
): Promise<RunMeans> {
  const found = await autoDevice(device ?? experiment.device, cache, onNote, precision);
  return planMeans(experiment, { device: found ?? device, precision, workers });
}
