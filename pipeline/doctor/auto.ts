import type { CacheSettings } from '../graphs/graph-cache.js';
import { advise, examine } from './doctor.js';
import { recall, remember } from './remembered.js';

/** Seconds for each device of the check that `--device auto` makes where doctor has not run. */
const quick = 5;

/**
 * What `--device auto` stands for: what doctor found best on this machine as it is, or a quick check finds.
 * @returns the device as `--device` takes it, and one line on why
 */
export async function chooseDevice(cache: CacheSettings | null): Promise<{ device: string; note: string }> {
  const known = await recall(cache);
  if (known !== null)
    return {
      device: known.device,
      note: `--device auto: ${known.device}, as grodin doctor found (${known.why})`,
    };
  const advice = advise(await examine({ paritySeconds: quick, speedSeconds: quick }));
  await remember(cache, advice);
  return {
    device: advice.device,
    note: `--device auto: ${advice.device}, by a quick check (${advice.why}); grodin doctor checks more`,
  };
}

/** What "auto" stands for here; undefined where a device is named. @param onNote told what was taken, and why */
export async function autoDevice(
  device: string,
  cache: CacheSettings | null,
  onNote: ((text: string) => void) | undefined,
): Promise<string | undefined> {
  if (device !== 'auto') return undefined;
  const { device: chosen, note } = await chooseDevice(cache);
  onNote?.(note);
  return chosen;
}
