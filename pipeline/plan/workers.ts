import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { type Device, type DeviceKind, deviceText } from '../../workers/devices/device.js';
import { deviceKind } from '../../workers/devices/index.js';
import type { MemoryUse } from '../../workers/engines/memory-use.js';
import { machineCores } from '../../workers/machine-cores.js';

/** One worker of a run: a device for life, and threads for what runs on the CPU. */
export interface PlannedWorker {
  readonly device: Device;
  readonly threads: number;
}

/**
 * How many workers devices of one kind have.
 * @param devices from `selectDevices`
 * @param asked how many workers were asked for, or null for one a core or one a GPU
 * @throws InputError when the devices can't have so many
 */
export function countWorkers(devices: readonly Device[], asked: number | null): number {
  const texts = devices.map(deviceText).join(', ');
  if (devices.length > 1 && kindOf(devices).eachHas === 'process') {
    throw new InputError(
      `${setting('device')}: a process can use only one of ${texts}; start one process for each with the script launch-local`,
    );
  }
  if (!haveOneEach(devices)) return asked ?? machineCores();
  if (asked === null || asked === devices.length) return devices.length;
  throw new InputError(
    `${setting('workers')}: found ${asked}, but ${texts} ${devices.length === 1 ? 'has one worker' : 'have one worker each'}; ` +
      `leave ${setting('workers')} out, or name other devices`,
  );
}

/**
 * Gives each worker its device and its threads. On the CPU threads fill the cores, and no core is given twice.
 * @param count at most `countWorkers`
 */
export function planWorkers(
  devices: readonly Device[],
  count: number,
  cores: number = machineCores(),
): readonly PlannedWorker[] {
  const each = haveOneEach(devices);
  return Array.from({ length: count }, (_, index) => {
    const device = devices[each ? index : 0];
    if (device === undefined) throw new RangeError(`no device for worker ${index}`);
    return { device, threads: Math.max(1, Math.floor(cores / count) + (index < cores % count ? 1 : 0)) };
  });
}

/** The kind that devices of one kind are of. */
export function kindOf(devices: readonly Device[]): DeviceKind {
  const [first] = devices;
  if (first === undefined) throw new RangeError('no devices');
  return deviceKind(first.name);
}

/** What their engine takes of a process's memory. */
export function memoryUseOf(devices: readonly Device[]): MemoryUse {
  const [first] = devices;
  return kindOf(devices).memoryUse(first?.which ?? null);
}

/** Whether each worker has a device of its own, rather than a share of one. */
function haveOneEach(devices: readonly Device[]): boolean {
  const { eachHas, choice } = kindOf(devices);
  if (eachHas !== 'cores' || devices.length > 1) return true;
  return choice?.shared !== true && devices.some(({ which }) => which !== null);
}
