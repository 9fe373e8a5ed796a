import { SystemFault } from './system-fault.js';

/** Milliseconds between tries after a fault that may pass: some seconds in all. */
const waits: readonly number[] = [100, 400, 1_000, 2_500];

/** A resource that is missing for the moment. */
export interface PassingFault {
  /** For example `EMFILE`. */
  readonly code: string;
  readonly message: string;
  readonly cause: unknown;
}

export type Sleep = (milliseconds: number) => Promise<void>;

/**
 * Tries again, a few times with longer and longer pauses, what failed by a fault of the system.
 * @param faultOf says whether an error is one; null for others, which are thrown at once
 * @throws SystemFault when it does not pass
 */
export async function withPatience<T>(
  path: string,
  work: () => Promise<T>,
  faultOf: (error: unknown) => PassingFault | null,
  sleep: Sleep,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const fault = faultOf(error);
      if (fault === null) throw error;
      const wait = waits[tries];
      if (wait === undefined) {
        throw new SystemFault(path, fault.code, `${path}: ${fault.message}`, { cause: fault.cause });
      }
      await sleep(wait);
    }
  }
}
