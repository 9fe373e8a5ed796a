import type { RunDirectory } from '../../workers/store/run-directory.js';
import { autoDevice } from '../doctor/auto.js';
import type { Experiment } from '../experiment/experiment.js';
import type { CacheSettings } from '../graphs/graph-cache.js';
import { kindOf } from '../plan/workers.js';
import { type BatchPlan, planBatch } from './plan-batch.js';
import { type RequestedSetup, type RunSetup, resolveSetup } from './run-setup.js';

/** What the user asked for, where the device that `auto` found is remembered, and who is told of it. */
export interface SetupOptions extends RequestedSetup {
  readonly cache: CacheSettings | null;
  readonly onNote: ((text: string) => void) | undefined;
}

/**
 * The devices, precision and workers of a run or of its forecast on this machine: as asked for, else as the experiment says;
 * `auto` stands for the best device.
 * @throws DeviceError or InputError when they are not there, or can't do what was asked
 */
export async function chooseSetup(
  experiment: Experiment,
  { device, precision, workers, cache, onNote }: SetupOptions,
): Promise<RunSetup> {
  const found = await autoDevice(device ?? experiment.device, cache, onNote, precision);
  return resolveSetup(experiment, { device: found ?? device, precision, workers });
}

/**
 * Settles the batch and the layout of a run or of its forecast, see `planBatch`, with the memory that its devices have.
 * @param allowedBytes memory for the pool process, or null where it isn't bounded
 */
export function planOnDevices(
  experiment: Experiment,
  directory: RunDirectory,
  setup: RunSetup,
  allowedBytes: number | null,
): Promise<BatchPlan> {
  const { ownMemory } = kindOf(setup.devices);
  return planBatch(experiment, directory, { ...setup, allowedBytes, ownMemory });
}
