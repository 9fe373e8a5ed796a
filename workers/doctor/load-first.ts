import type { Device, Precision } from '../devices/device.js';
import { deviceKind } from '../devices/index.js';
import type { Engine } from '../engines/engine.js';
import { requireDevice } from './require-device.js';

/**
 * Loads the engine of the first of some devices of one kind, for work that one does for all of them. Gives this process the
 * environment that they need.
 * @param devices at least one
 * @throws DeviceError with one line that says what is missing and which command installs it
 */
export async function loadFirst(devices: readonly Device[], precision: Precision): Promise<Engine> {
  const [first] = devices;
  if (first !== undefined) await requireDevice(first, precision);
  return loadChecked(devices, precision);
}

/** As `loadFirst`, of devices that another process has made sure of. */
export async function loadChecked(devices: readonly Device[], precision: Precision): Promise<Engine> {
  const [first] = devices;
  if (first === undefined) throw new RangeError('no devices');
  const kind = deviceKind(first.name);
  Object.assign(process.env, kind.environment?.(precision, devices));
  return kind.load(first, precision);
}
