import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Device } from './device.js';
import { DeviceError } from './device-error.js';

/** The NVIDIA GPUs that this process may use, numbered as CUDA numbers them for it. @throws DeviceError if none */
export async function nvidiaGpus(name: string): Promise<readonly Device[]> {
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  const count = visible === undefined ? await installedGpus(name) : visible.split(',').filter(Boolean).length;
  if (count === 0) {
    const why = visible === undefined ? 'nvidia-smi finds none' : `CUDA_VISIBLE_DEVICES is "${visible}"`;
    throw new DeviceError(`--device ${name}: there is no NVIDIA GPU (${why}); use --device cpu`);
  }
  return Array.from({ length: count }, (_, number) => ({ name, which: `${number}` }));
}

/** Whether a text is the number of a GPU. */
export function gpuNumber(which: string): boolean {
  return /^\d{1,3}$/.test(which);
}

/**
 * What lets a process see one NVIDIA GPU only.
 * @param which its number among those that this process may use
 */
export function onlyGpu(which: string): Readonly<Record<string, string>> {
  const visible = process.env.CUDA_VISIBLE_DEVICES?.split(',').filter(Boolean);
  if (visible === undefined) return { CUDA_VISIBLE_DEVICES: which };
  const found = visible[Number(which)];
  if (found !== undefined) return { CUDA_VISIBLE_DEVICES: found };
  throw new DeviceError(
    `--device: there is no GPU ${which}: CUDA_VISIBLE_DEVICES is "${visible.join(',')}", numbers begin at 0`,
  );
}

async function installedGpus(name: string): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', [
      '--query-gpu=index',
      '--format=csv,noheader',
    ]);
    return stdout.split('\n').filter((line) => /^\d+$/.test(line.trim())).length;
  } catch (error) {
    throw new DeviceError(
      `--device ${name}: can't ask nvidia-smi for GPUs; install NVIDIA's driver, name them (--device ${name}:0), ` +
        'or use --device cpu',
      { cause: error },
    );
  }
}
