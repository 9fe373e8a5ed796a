import { setTimeout } from 'node:timers/promises';

/** Work that is done again and again beside other work. */
export interface Repeated {
  /** Waits for what is under way. @throws what the work threw, which ended it */
  readonly stop: () => Promise<void>;
}

/** @param milliseconds between the end of one time and the beginning of the next */
export function repeat(work: () => Promise<unknown>, milliseconds: number): Repeated {
  const stopping = new AbortController();
  const rest = (): Promise<boolean> =>
    setTimeout(milliseconds, true, { signal: stopping.signal }).catch(() => false);
  const done = (async () => {
    while (await rest()) await work();
  })();
  // Told by `stop`; until then a rejection must not count as unhandled.
  done.catch(() => {});
  return {
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}
