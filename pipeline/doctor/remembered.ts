import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { type InstalledParts, installedParts } from '../../workers/devices/installed-parts.js';
import { installedVersion } from '../../workers/devices/installed-version.js';
import { hashJson } from '../../workers/store/canonical-json.js';
import type { CacheSettings } from '../graphs/graph-cache.js';
import { packageVersion } from '../store/package-version.js';
import type { AdviceByPrecision } from './examine.js';

const advice = z.object({ device: z.string(), why: z.string() }).nullable();

const schema = z.object({
  machine: z.string(),
  use: z.object({ fp32: advice, tf32: advice, fp16: advice }),
});

/** What a device's presence, speed and correctness depend on: versions, processor, GPUs, their drivers and libraries. */
async function machineKey(installed: InstalledParts): Promise<string> {
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
    onnxRuntime: await installedVersion('onnxruntime-node'),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    nvidia,
    visible: process.env.CUDA_VISIBLE_DEVICES ?? 'all',
    vulkan: process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES ?? 'all',
    installed: { ...installed },
  });
}

/** Keeps what doctor found best for `--device auto`, beside the compiled graphs. No room for it is no error. */
export async function remember(
  cache: CacheSettings | null,
  use: AdviceByPrecision,
  installed?: InstalledParts,
): Promise<void> {
  if (cache === null) return;
  try {
    await makeFolder(cache.folder, 0o700);
    const text = JSON.stringify({
      machine: await machineKey(installed ?? (await installedParts())),
      use,
    });
    await writeAtomically(join(cache.folder, 'doctor.json'), `${text}\n`);
  } catch {
    // A cache that can't be written is as if it were empty.
  }
}

/** What doctor found best on this machine as it is now, or null. */
export async function recall(
  cache: CacheSettings | null,
  installed?: InstalledParts,
): Promise<AdviceByPrecision | null> {
  if (cache === null) return null;
  try {
    const known = schema.parse(JSON.parse(await readFile(join(cache.folder, 'doctor.json'), 'utf8')));
    const machine = await machineKey(installed ?? (await installedParts()));
    return known.machine === machine ? known.use : null;
  } catch {
    return null;
  }
}
