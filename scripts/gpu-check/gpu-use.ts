import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What GPUs were at, now and then. */
export interface GpuUse {
  /** How much of the time a kernel was running, by `nvidia-smi`, 0 to 1; of the busiest GPU. */
  readonly busy: number;
  /** The most memory in use, of all programs, in bytes. */
  readonly bytes: number;
  readonly samples: number;
}

/** One line of `nvidia-smi`. */
export interface GpuSample {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly gpu: number;
  readonly busy: number;
  readonly bytes: number;
}

/** Asks `nvidia-smi` four times a second, where it is. */
export function watchGpus(): {
  readonly stop: () => void;
  readonly between: (time: { readonly from: number; readonly to: number }) => GpuUse | null;
} {
  const samples: GpuSample[] = [];
  const query = '--query-gpu=index,utilization.gpu,memory.used';
  const child = spawn('nvidia-smi', [query, '--format=csv,noheader,nounits', '-lms', '250'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const sample = readSample(line, Date.now());
    if (sample !== null) samples.push(sample);
  });
  return { stop: () => child.kill(), between: (time) => useBetween(samples, time) };
}

/** @param line for example `0, 97, 23914` (MiB) @returns null for any other */
export function readSample(line: string, at: number): GpuSample | null {
  const [gpu, busy, mebibytes] = line.split(',').map((text) => text.trim());
  if (![gpu, busy, mebibytes].every((text) => text !== undefined && /^\d+$/.test(text))) return null;
  return { at, gpu: Number(gpu), busy: Number(busy) / 100, bytes: Number(mebibytes) * 2 ** 20 };
}

/** The busiest GPU's mean, and the most memory of any. */
export function useBetween(
  samples: readonly GpuSample[],
  { from, to }: { readonly from: number; readonly to: number },
): GpuUse | null {
  const within = samples.filter(({ at }) => at >= from && at <= to);
  const means = [...new Set(within.map(({ gpu }) => gpu))].map((gpu) => {
    const own = within.filter((sample) => sample.gpu === gpu);
    return { samples: own.length, busy: own.reduce((sum, { busy }) => sum + busy, 0) / own.length };
  });
  const [busiest] = means.toSorted((a, b) => b.busy - a.busy);
  return busiest === undefined ? null : { ...busiest, bytes: Math.max(...within.map(({ bytes }) => bytes)) };
}
