import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { packageVersion } from '../cli/version.js';
import type { CacheSettings } from '../graphs/graph-cache.js';
import { writeAtomically } from '../store/atomic-file.js';
import { hashJson } from '../store/canonical-json.js';
import { type Advice, advise, examine } from './doctor.js';

const schema = z.object({ machine: z.string(), device: z.string(), why: z.string() });

/** What a device's speed and correctness depend on: versions, processor, GPUs and their drivers. */
async function machineKey(): Promise<string> {
  const nvidia = await promisify(execFile)('nvidia-smi', [
    '--query-gpu=name,driver_version',
    '--format=csv,noheader',
  ]).then(
    ({ stdout }) => stdout.trim(),
    () => 'none',
  );
  return hashJson({
    grodin: await packageVersion(),
    node: process.versions.node,
    onnxRuntime: onnxRuntimeCpu.version,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    nvidia,
    visible: process.env.CUDA_VISIBLE_DEVICES ?? 'all',
    vulkan: process.env.VK_DRIVER_FILES ?? 'all',
  });
}

/** Keeps what doctor found best for `--device auto`, beside the compiled graphs. No room for it is no error. */
export async function remember(cache: CacheSettings | null, { device, why }: Advice): Promise<void> {
  if (cache === null) return;
  try {
    await mkdir(cache.folder, { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ machine: await machineKey(), device, why });
    await writeAtomically(join(cache.folder, 'doctor.json'), `${text}\n`);
  } catch {
    // A cache that can't be written is as if it were empty.
  }
}

async function recall(cache: CacheSettings | null): Promise<Advice | null> {
  if (cache === null) return null;
  try {
    const known = schema.parse(JSON.parse(await readFile(join(cache.folder, 'doctor.json'), 'utf8')));
    return known.machine === (await machineKey()) ? { device: known.device, why: known.why } : null;
  } catch {
    return null;
  }
}

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
