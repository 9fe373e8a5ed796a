import type { Leases } from '../store/lease.js';
import type { Idleness } from './idleness.js';
import { Patience } from './patience.js';
import { processText } from './shard-claims.js';

/** Work that one process does for all that work on a run. */
export interface SharedWork {
  /** Name of its lease. */
  readonly name: string;
  /** What it is, for a note: `computes the results`. */
  readonly does: string;
  /** Whether another process has done it since this one began to wait. */
  readonly isDone: () => Promise<boolean>;
  readonly work: () => Promise<void>;
  readonly isStopped: () => boolean;
  /** How long others may take. */
  readonly idleness: Idleness;
  readonly note: (text: string) => void;
}

/**
 * Does work under a lease, or waits until the process that has the lease has done it. Where that process ends without
 * having done it, the work is done here.
 * @returns false when it was stopped while waiting
 */
export async function oneAtATime(leases: Leases, shared: SharedWork): Promise<boolean> {
  const patience = new Patience();
  let told = false;
  while (!shared.isStopped()) {
    const claim = await leases.claim(shared.name);
    if (claim.kind === 'mine') {
      try {
        if (!(await shared.isDone())) await shared.work();
        return true;
      } finally {
        await leases.release(shared.name);
      }
    }
    if (!told && claim.by !== null) {
      told = true;
      shared.note(`${processText(claim.by)} ${shared.does}; waiting for it`);
    }
    do {
      if (shared.isStopped() || shared.idleness.isTooLong()) return false;
      await patience.rest();
      if (await shared.isDone()) return true;
    } while (!(await leases.canBeClaimed(shared.name)));
  }
  return false;
}
