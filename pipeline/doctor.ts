import { apart, type JobOptions } from './jobs/apart.js';
import type { Diagnosis, DoctorSettings } from './jobs/diagnose.js';
import { checkedOptions } from './options.js';

/** Which devices are checked, how to follow the check, and how to stop it. */
export interface DoctorOptions extends DoctorSettings, Pick<JobOptions, 'signal'> {
  /** Told what is being checked, for example `cuda:0`. What it throws ends the check, and is what the call throws. */
  readonly onDevice?: ((device: string) => void) | undefined;
}

/**
 * Checks devices, each in a process of its own: whether they are there, agree with float64, how fast they are, and which to
 * use. What was found of all kinds is what the device `auto` stands for from then on.
 * @throws InputError naming an option that is out of bounds
 * @throws DeviceError where a device is named that can't be
 * @throws InterruptedError when `signal` was aborted
 */
export async function doctor(options: DoctorOptions = {}): Promise<Diagnosis> {
  const { signal, onDevice, ...settings } = checkedOptions('doctor', options);
  return apart('doctor', [settings], { signal, onNote: onDevice });
}
