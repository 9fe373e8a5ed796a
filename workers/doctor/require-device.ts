import { DeviceError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { type Device, deviceText, type Precision } from '../devices/device.js';
import { deviceKind } from '../devices/index.js';
import { checkDevice } from './check-device.js';

/**
 * Makes sure of a GPU in a process of its own: what the native libraries print while they fail stays there, and where
 * they crash they take nothing with them. The CPU needs no such check.
 * @throws DeviceError with one line that says what is missing and which command installs it
 */
export async function requireDevice(device: Device, precision: Precision): Promise<void> {
  if (deviceKind(device.name).eachHas === 'cores') return;
  const nothing = { networks: [], paritySeconds: 0, speed: [], speedSeconds: 0, split: null };
  const { problem } = await checkDevice({ device, precision, ...nothing });
  if (problem === null) return;
  const { missing, message } = problem;
  throw new DeviceError(
    missing ? message : `${setting('device', deviceText(device))}: can't be loaded: ${message}`,
  );
}
