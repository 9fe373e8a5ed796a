import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { cpuLowerings } from '../../stages/lowerings/lowerings.js';
import { type Spread, spreadOf } from '../bench/spread.js';
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
  /** The median of the rounds. */
  readonly imagesPerSecond: number;
  /** The rounds' quartiles. */
  readonly quartiles: Pick<Spread, 'low' | 'high'>;
}

/** Which splits are timed, and how often. */
export interface SplitTiming {
  readonly splits?: readonly Split[];
  readonly rounds?: number;
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
 * Times ways to divide the CPU among workers, in turn; the median of the rounds counts, for what else runs comes and goes.
 * @param seconds for each in each round
 */
export async function timeSplits(
  network: string,
  seconds: number,
  { splits = evenSplits(availableParallelism()), rounds = 3 }: SplitTiming = {},
): Promise<readonly SplitSpeed[]> {
  const model = speedNetworks[network]?.();
  if (model === undefined) throw new RangeError(`no network ${network}`);
  return withTemporaryFolder(async (folder) => {
    const passes = await compileWholeScore(model, folder, { batch: 8, lowerings: cpuLowerings });
    const timed = splits.map((split) => ({ split, rates: [] as number[] }));
    for (let round = 0; round < rounds; round += 1)
      for (const { split, rates } of timed) rates.push(await together(split, passes, seconds));
    return timed.map(({ split, rates }) => {
      const { median, low, high } = spreadOf(rates);
      return { ...split, imagesPerSecond: median, quartiles: { low, high } };
    });
  });
}

/** Images a second of all workers of a split. */
async function together({ workers, threads }: Split, passes: WholeScore, seconds: number): Promise<number> {
  const rates = await Promise.all(
    Array.from({ length: workers }, () => rateOf({ passes, threads, seconds })),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}

async function rateOf(task: SplitTask): Promise<number> {
  const worker = new Worker(fileURLToPath(new URL('./split-worker.js', import.meta.url)), {
    workerData: task,
  });
  const [rate] = await once(worker, 'message');
  await worker.terminate();
  return Number(rate);
}
