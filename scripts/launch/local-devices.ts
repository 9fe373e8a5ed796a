import { kindOf } from '../../pipeline/plan/workers.js';
import { InputError } from '../../stages/errors.js';
import { type Device, deviceText } from '../../workers/devices/device.js';
import { selectDevices } from '../../workers/devices/index.js';

/**
 * The devices that a text such as `cpu` or `cuda:0,1` stands for. GPUs that this machine is known not to have are
 * refused here: each would be a process that fails only after it was started.
 * @throws DeviceError when the text or the machine doesn't have them
 * @throws InputError when there are fewer GPUs than were named
 */
export async function localDevices(text: string): Promise<readonly Device[]> {
  const devices = await selectDevices(text);
  const kind = kindOf(devices);
  // Only GPUs that have numbers can be looked for.
  if (kind.alone === undefined || !text.includes(':')) return devices;
  // Where they can't be counted the processes find out.
  const there = await kind.all().catch(() => null);
  const missing = there && devices.find(({ which }) => there.every((one) => one.which !== which));
  if (!missing) return devices;
  throw new InputError(
    `--device: "${text}" has ${deviceText(missing)}, but this machine has ${there.map(deviceText).join(', ')}; ` +
      `name some of these, or --device ${kind.name} for all`,
  );
}
