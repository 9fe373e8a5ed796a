import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { cpuLowerings } from '../../stages/lowerings/lowerings.js';
import { type Spread, spreadOf } from '../bench/measurement-spread.js';
import { machineCores } from '../machine-cores.js';
import type { Split } from './check-messages.js';
import { speedNetworks } from './speed-networks.js';
import { scoreTogether } from './together.js';
import { compileWholeScore } from './whole-score.js';

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
  { splits = evenSplits(machineCores()), rounds = 3 }: SplitTiming = {},
): Promise<readonly SplitSpeed[]> {
  const model = speedNetworks[network]?.();
  if (model === undefined) throw new RangeError(`no network ${network}`);
  return withTemporaryFolder(async (folder) => {
    const passes = await compileWholeScore(model, folder, { batch: 8, lowerings: cpuLowerings });
    const task = { device: { name: 'cpu', which: null }, precision: 'fp32', passes, seconds } as const;
    const timed = splits.map((split) => ({ split, rates: [] as number[] }));
    for (let round = 0; round < rounds; round += 1)
      for (const { split, rates } of timed) rates.push((await scoreTogether(split, task)).imagesPerSecond);
    return timed.map(({ split, rates }) => {
      const { median, low, high } = spreadOf(rates);
      return { ...split, imagesPerSecond: median, quartiles: { low, high } };
    });
  });
}
