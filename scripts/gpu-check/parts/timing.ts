import { spreadOf } from '../../../workers/bench/measurement-spread.js';
import type { RunSeconds } from '../rows.js';

/** Something that is timed in turn with others. */
export interface Subject<Name extends string> {
  readonly name: Name;
  run(): Promise<unknown>;
}

/** Rounds that don't count, unless others are asked for: libraries choose their programs in them. */
export const warmUpRounds = 2;
/** Runs that count at the least, where a subject runs at all. */
const fewest = 3;
/** And at the most: quartiles of more tell nothing new. */
const most = 60;

/**
 * Times subjects in turn until the time is over. What is compared has to be measured side by side.
 * @param warmUp rounds that don't count
 * @returns seconds of every round, by name
 */
export async function timeInTurn<Name extends string>(
  subjects: readonly Subject<Name>[],
  seconds: number,
  warmUp = warmUpRounds,
): Promise<ReadonlyMap<Name, readonly number[]>> {
  const times = new Map(subjects.map(({ name }): [Name, number[]] => [name, []]));
  for (let round = 0; round < warmUp; round++) for (const { run } of subjects) await run();
  const began = performance.now();
  for (let round = 0; round < most; round++) {
    if (round >= fewest && performance.now() - began > 1000 * seconds) break;
    for (const { name, run } of subjects) {
      const started = performance.now();
      await run();
      times.get(name)?.push((performance.now() - started) / 1000);
    }
  }
  return times;
}

export function runSeconds(times: readonly number[]): RunSeconds {
  const { median, low, high } = spreadOf(times);
  return { median, low, high };
}

/** The median of ratios, run by run. */
export function medianRatio(times: readonly number[], base: readonly number[]): number {
  return spreadOf(times.map((time, index) => time / (base[index] ?? Number.NaN))).median;
}
