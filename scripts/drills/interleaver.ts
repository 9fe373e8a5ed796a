import { setTimeout as pause } from 'node:timers/promises';
import { withSteps } from '../../manifests/output/step.js';

/** One process of a simulation, as a function that begins it. */
export type Simulated<T> = () => Promise<T>;

/** Whose step comes next, of those that wait at one. */
export interface Schedule {
  /** @param waiting numbers of the processes that wait, ascending, each with the step that it is at */
  next(waiting: readonly { readonly process: number; readonly step: string }[]): number;
}

/** How long a process may take from one step to the next before it counts as resting, and another goes on. */
const RESTING_MILLISECONDS = 40;

/** What one interleaving came to. */
export interface Interleaved<T> {
  readonly ends: readonly PromiseSettledResult<T>[];
  /** Every step in the order in which it was taken. */
  readonly steps: readonly { readonly process: number; readonly step: string }[];
}

/**
 * Runs several simulated processes so that only one of them moves at a time: each waits at every named step until the
 * schedule lets it go on.
 */
export async function interleaveProcesses<T>(
  processes: readonly Simulated<T>[],
  schedule: Schedule,
): Promise<Interleaved<T>> {
  const waiting = new Map<number, { readonly step: string; readonly go: () => void }>();
  const steps: { process: number; step: string }[] = [];
  let alive = processes.length;
  let wake = (): void => {};
  const moved = (): Promise<unknown> =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const ends = processes.map((begin, process) =>
    withSteps(
      (step) =>
        new Promise<void>((go) => {
          waiting.set(process, { step, go });
          wake();
        }),
      begin,
    ).finally(() => {
      alive -= 1;
      wake();
    }),
  );
  const settled = Promise.allSettled(ends);
  while (alive > 0) {
    if (waiting.size === 0) {
      await Promise.race([moved(), pause(RESTING_MILLISECONDS)]);
      continue;
    }
    const choice = [...waiting]
      .map(([process, { step }]) => ({ process, step }))
      .sort((a, b) => a.process - b.process);
    const process = schedule.next(choice);
    const chosen = waiting.get(process);
    if (chosen === undefined) throw new RangeError(`process ${process} does not wait`);
    waiting.delete(process);
    steps.push({ process, step: chosen.step });
    const before = alive;
    const arrival = moved();
    chosen.go();
    // Until it waits again, has ended, or rests.
    const deadline = performance.now() + RESTING_MILLISECONDS;
    await Promise.race([arrival, pause(RESTING_MILLISECONDS)]);
    while (!waiting.has(process) && alive === before && performance.now() < deadline) {
      await Promise.race([moved(), pause(Math.max(1, deadline - performance.now()))]);
    }
  }
  return { ends: await settled, steps };
}

/** Lets one process go to its k-th step, then the others to their ends, then it. */
export function stopAt(stopped: number, k: number): Schedule {
  let taken = 0;
  return {
    next: (waiting) => {
      const others = waiting.filter(({ process }) => process !== stopped);
      const isHeld = taken >= k && others.length > 0;
      const chosen = isHeld ? others[0] : (waiting.find(({ process }) => process === stopped) ?? others[0]);
      if (chosen?.process === stopped) taken += 1;
      return chosen?.process ?? 0;
    },
  };
}

/** A schedule by chance: the same seed gives the same choices. Processes keep going for a few steps at a time. */
export function byChance(seed: number): Schedule {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  let current = -1;
  const stay = 0.5 + 0.48 * random();
  return {
    next: (waiting) => {
      const same = waiting.find(({ process }) => process === current);
      if (same === undefined || random() > stay)
        current = waiting[Math.floor(random() * waiting.length)]?.process ?? 0;
      return current;
    },
  };
}
