import type { Device, DeviceKind } from '../../workers/devices/device.js';
import { deviceKind, deviceKinds, selectDevices } from '../../workers/devices/index.js';

/** What is checked unless devices are named; TensorRT only where it is installed. */
const usual = 'cuda,tensorrt';

/** A device that is checked, and its kind. */
export interface CheckedDevice {
  readonly kind: DeviceKind;
  readonly device: Device;
}

/**
 * The devices that a list such as `cuda,tensorrt` or `cuda:0,1,webgpu` stands for: of a bare kind the first, else all that
 * are named.
 * @throws DeviceError when the text or the machine doesn't have them
 */
export async function devicesToCheck(text: string = usual): Promise<readonly CheckedDevice[]> {
  const checked: CheckedDevice[] = [];
  for (const one of byKind(text === 'auto' ? usual : text)) {
    const found = await selectDevices(one);
    for (const device of one.includes(':') ? found : found.slice(0, 1))
      checked.push({ kind: deviceKind(device.name), device });
  }
  return checked;
}

/** `cuda:0,1,webgpu` is `cuda:0,1` and `webgpu`: commas stand between kinds, and between the devices of one kind. */
function byKind(text: string): readonly string[] {
  const groups: string[] = [];
  for (const part of text.split(',')) {
    const last = groups.at(-1);
    const isKind = deviceKinds.some(({ name }) => name === part.split(':')[0]);
    if (last?.includes(':') && !isKind) groups[groups.length - 1] = `${last},${part}`;
    else groups.push(part);
  }
  return groups;
}
