import { speedNetworks } from '../../workers/doctor/speed-networks.js';
import { type SplitSpeed, timeSplits } from '../../workers/doctor/splits.js';
import { type Advice, advise, adviseAll, type DeviceReport, examine } from '../doctor/examine.js';
import { remember } from '../doctor/remembered.js';
import { type CacheSettings, cacheSettings } from '../graphs/graph-cache.js';

/** Which devices are checked, and how thoroughly. */
export interface DoctorSettings {
  /** For example `cuda:0`. Default: every kind. */
  readonly device?: string | undefined;
  /**
   * About how long a device is compared with float64, and then timed; what has begun is finished. Default: 20.
   */
  readonly seconds?: number | undefined;
  /** Where what was found is kept for `auto`, or null for nowhere. Default: as the environment says. */
  readonly cache?: CacheSettings | null | undefined;
}

/** What was found of this machine's devices: what `grodin doctor` tells. */
export interface Diagnosis {
  readonly devices: readonly DeviceReport[];
  /** How fast workers score together that divide the CPU's cores; none where the CPU was not asked for. */
  readonly splits: readonly SplitSpeed[];
  /** What to run on; null where nothing works. */
  readonly use: Advice | null;
}

/**
 * Checks devices one after another, each in a process of its own, and times ways to divide the cores. What was found of all
 * kinds is what `auto` stands for from then on.
 * @param onDevice told what is being checked
 * @throws DeviceError where a device is named that can't be
 */
export async function diagnose(
  { device, seconds = 20, cache = cacheSettings(process.env) }: DoctorSettings,
  onDevice: (device: string) => void,
): Promise<Diagnosis> {
  const asked = device === 'auto' ? undefined : device;
  const devices = await examine({
    ...(asked === undefined ? {} : { device: asked }),
    paritySeconds: seconds,
    speedSeconds: seconds,
    onDevice,
  });
  const hasCpu = devices.some((one) => one.device === 'cpu' && one.state === 'works');
  const splits = hasCpu ? await splitsWithin(seconds) : [];
  if (asked === undefined) await remember(cache, adviseAll(devices));
  return { devices, splits, use: advise(devices) };
}

async function splitsWithin(seconds: number): Promise<readonly SplitSpeed[]> {
  const [small = ''] = Object.keys(speedNetworks);
  return timeSplits(small, Math.min(2, seconds / 10) / 3);
}
