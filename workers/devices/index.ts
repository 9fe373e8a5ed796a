import { DeviceError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { cpu } from './cpu.js';
import { cuda } from './cuda.js';
import type { Device, DeviceKind } from './device.js';
import { tensorrt } from './tensorrt.js';
import { tfjs } from './tfjs.js';
import { tfjsGpu } from './tfjs-gpu.js';
import { tfjsWebGpu } from './tfjs-webgpu.js';
import { webgpu } from './webgpu.js';

/** All kinds of devices, in the order in which they are shown. */
export const deviceKinds: readonly DeviceKind[] = [cpu, cuda, tensorrt, webgpu, tfjs, tfjsWebGpu, tfjsGpu];

/** @throws DeviceError when there is no such kind */
export function deviceKind(name: string): DeviceKind {
  const kind = deviceKinds.find((one) => one.name === name);
  if (kind !== undefined) return kind;
  const names = deviceKinds.map((one) => one.name).join(', ');
  throw new DeviceError(
    `${setting('device')}: "${name}" is not a kind of device; the kinds are ${names}, and auto takes the best of them`,
  );
}

/**
 * The devices that a text such as `cpu`, `cuda` or `cuda:0,1` stands for on this machine; all of one kind.
 * @throws DeviceError when the text or the machine doesn't have them
 */
export async function selectDevices(text: string): Promise<readonly Device[]> {
  const [name = '', ...rest] = text.split(':');
  const kind = deviceKind(name);
  if (rest.length === 0) return kind.all();
  const { choice } = kind;
  if (choice === null)
    throw new DeviceError(
      `${setting('device')}: "${text}": "${name}" takes nothing after it; write ${setting('device', name)}`,
    );
  const chosen = rest.join(':').split(',');
  for (const [index, which] of chosen.entries()) {
    if (!choice.accepts(which)) {
      throw new DeviceError(
        `${setting('device')}: "${text}": "${which}" can't follow "${name}:"; expected ${choice.words}`,
      );
    }
    if (chosen.indexOf(which) < index)
      throw new DeviceError(`${setting('device')}: "${text}" names "${which}" twice; drop one`);
  }
  return chosen.map((which) => ({ name, which }));
}
