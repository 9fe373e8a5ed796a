import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { cpuLowerings } from '../../stages/lowerings/lowerings.js';
import { withTemporaryFolder } from '../bench/temporary-folder.js';
import { speedNetworks } from './speed-networks.js';
import { compileWholeScore, type WholeScore } from './whole-score.js';

/** So many workers with so many threads each. */
export interface Split {
  readonly workers: number;
  readonly threads: number;
}

/** What all workers of a split score together. */
export interface SplitSpeed extends Split {
  readonly imagesPerSecond: number;
}

/** What each worker is given. */
export interface SplitTask {
  readonly passes: WholeScore;
  readonly threads: number;
  readonly seconds: number;
}

/** Ways to divide cores evenly: few workers with many threads to many with one. */
export function evenSplits(cores: number): readonly Split[] {
  return Array.from({ length: cores }, (_, index) => index + 1)
    .filter((workers) => cores % workers === 0)
    .map((workers) => ({ workers, threads: cores / workers }));
}

/**
 * Times ways to divide the CPU among workers, one after another.
 * @param seconds for each
 */
export async function timeSplits(
  network: string,
  seconds: number,
  splits: readonly Split[] = evenSplits(availableParallelism()),
): Promise<readonly SplitSpeed[]> {
  const model = speedNetworks[network]?.();
  if (model === undefined) throw new RangeError(`no network ${network}`);
  return withTemporaryFolder(async (folder) => {
    const passes = await compileWholeScore(model, folder, { batch: 8, lowerings: cpuLowerings });
    const speeds: SplitSpeed[] = [];
    for (const split of splits) {
      const rates = await Promise.all(
        Array.from({ length: split.workers }, () => rateOf({ passes, threads: split.threads, seconds })),
      );
      speeds.push({ ...split, imagesPerSecond: rates.reduce((sum, rate) => sum + rate, 0) });
    }
    return speeds;
  });
}

async function rateOf(task: SplitTask): Promise<number> {
  const worker = new Worker(fileURLToPath(new URL('./split-worker.js', import.meta.url)), {
    workerData: task,
  });
  const [rate] = await once(worker, 'message');
  await worker.terminate();
  return Number(rate);
}
