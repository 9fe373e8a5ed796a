import { spreadOf } from '../../../workers/bench/measurement-spread.js';
import type { Rounds } from '../../../workers/bench/time-in-turn.js';
import type { RunSeconds } from '../rows.js';

/** Rounds that don't count, unless others are asked for: libraries choose their programs in them. */
export const warmUpRounds = 2;

/** As many rounds as the seconds allow: three at the least, and at most sixty, since quartiles of more tell nothing new. */
export function roundsWithin(seconds: number, warmUp = warmUpRounds): Rounds {
  return { rounds: 60, warmUp, limit: { seconds, fewest: 3 } };
}

export function runSeconds(times: readonly number[]): RunSeconds {
  const { median, low, high } = spreadOf(times);
  return { median, low, high };
}
