import { DeviceError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import type { Precision } from '../../workers/devices/device.js';
import { deviceKinds } from '../../workers/devices/index.js';
import type { CacheSettings } from '../graphs/graph-cache.js';
import { type Advice, type AdviceByPrecision, adviseAll, examine } from './examine.js';
import { recall, remember } from './remembered.js';

/** Seconds for each device of the check that `--device auto` makes where doctor has not run. */
const quick = 5;

/**
 * What `--device auto` stands for: what doctor found best on this machine as it is, or a quick check finds.
 * @returns the device as `--device` takes it, and one line on why
 * @throws DeviceError where no working device supports the precision
 */
async function chooseDevice(
  cache: CacheSettings | null,
  precision: Precision,
): Promise<{ device: string; note: string }> {
  const known = await recall(cache);
  if (known !== null) {
    const { device, why } = adviceFor(precision, known);
    return { device, note: `${setting('device', 'auto')}: ${device}, as ${call('doctor')} found (${why})` };
  }
  const found = adviseAll(await examine({ paritySeconds: quick, speedSeconds: quick }));
  await remember(cache, found);
  const { device, why } = adviceFor(precision, found);
  return {
    device,
    note: `${setting('device', 'auto')}: ${device}, by a quick check (${why}); ${call('doctor')} checks more`,
  };
}

function adviceFor(precision: Precision, use: AdviceByPrecision): Advice {
  const advice = use[precision];
  if (advice !== null) return precision === 'fp32' ? advice : { ...advice, why: `${advice.why}, in fp32` };
  if (precision === 'fp32')
    throw new DeviceError(
      `${setting('device', 'auto')}: no device works here; ${call('doctor')} says what is wrong with each`,
    );
  const kinds = deviceKinds.filter(({ precisions }) => precisions.includes(precision));
  throw new DeviceError(
    `${setting('device', 'auto')}: no device that works here supports ${setting('precision', precision)}; leave ${setting('precision')} out, or ` +
      `run ${call('doctor')} to see what is missing for ${kinds.map(({ name }) => name).join(', ')}`,
  );
}

/**
 * What "auto" stands for here; undefined where a device is named.
 * @param onNote told what was taken, and why
 * @param precision what the device must support
 * @throws DeviceError where there is no such device
 */
export async function autoDevice(
  device: string,
  cache: CacheSettings | null,
  onNote: ((text: string) => void) | undefined,
  precision: Precision = 'fp32',
): Promise<string | undefined> {
  if (device !== 'auto') return undefined;
  const { device: chosen, note } = await chooseDevice(cache, precision);
  onNote?.(note);
  return chosen;
}
