import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DeviceError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { type Device, deviceText } from './device.js';
import { installation } from './installation.js';

/**
 * The NVIDIA GPUs that this process may use, numbered as CUDA numbers them for it.
 * @param install the command that installs what runs on them: without a driver nobody can tell whether it is there
 * @throws DeviceError if there are none
 */
export async function nvidiaGpus(name: string, install: string): Promise<readonly Device[]> {
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  const count =
    visible === undefined ? await installedGpus(name, install) : visible.split(',').filter(Boolean).length;
  if (count === 0) {
    const why = visible === undefined ? 'nvidia-smi finds none' : `CUDA_VISIBLE_DEVICES is "${visible}"`;
    throw new DeviceError(
      `${setting('device', name)}: there is no NVIDIA GPU (${why}); use ${setting('device', 'cpu')}`,
    );
  }
  return Array.from({ length: count }, (_, number) => ({ name, which: `${number}` }));
}

/** Memory of the smallest NVIDIA GPU here, in bytes, as `nvidia-smi` tells it; null where it doesn't. */
export async function nvidiaMemory(): Promise<number | null> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', [
      '--query-gpu=memory.total',
      '--format=csv,noheader,nounits',
    ]);
    return leastMemory(stdout);
  } catch {
    return null;
  }
}

/** @param text a line of MiB for each GPU, as `nvidia-smi` prints them @returns bytes, or null where a line is no number */
export function leastMemory(text: string): number | null {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim());
  if (lines.some((line) => !/^[1-9]\d*$/.test(line))) return null;
  return Math.min(...lines.map(Number)) * 2 ** 20;
}

/** Whether a text is the number of a GPU, as it is written in one way only: `1`, not `01`. */
export function gpuNumber(which: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(which);
}

/**
 * What lets a process see one NVIDIA GPU only, or nothing where none is named.
 * @param device its number is that among those that this process may use
 */
export function onlyGpu(device: Device): Readonly<Record<string, string>> {
  const { which } = device;
  if (which === null) return {};
  const visible = process.env.CUDA_VISIBLE_DEVICES?.split(',').filter(Boolean);
  if (visible === undefined) return { CUDA_VISIBLE_DEVICES: which };
  const found = visible[Number(which)];
  if (found !== undefined) return { CUDA_VISIBLE_DEVICES: found };
  throw new DeviceError(
    `${setting('device', deviceText(device))}: there is no GPU ${which}: CUDA_VISIBLE_DEVICES is "${visible.join(',')}", numbers begin at 0`,
  );
}

async function installedGpus(name: string, install: string): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', [
      '--query-gpu=index',
      '--format=csv,noheader',
    ]);
    return stdout.split('\n').filter((line) => /^\d+$/.test(line.trim())).length;
  } catch (error) {
    throw new DeviceError(
      `${setting('device', name)}: can't list GPUs with nvidia-smi; ${installation.nvidiaDriver}; if the provider is missing too, install it ` +
        `with: ${install}; or name the GPUs (${setting('device', `${name}:0`)}), or use ${setting('device', 'cpu')}`,
      { cause: error },
    );
  }
}
