import { readFileSync } from 'node:fs';

/** Fewer processes and threads than this may be too few for a run. */
const FEW = 1_000;

/** How many processes and threads this user may have (`ulimit -u`), where they are few; null elsewhere. */
export function lowProcessLimit(): number | null {
  try {
    const limit = /^Max processes\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit !== undefined && Number(limit) < FEW ? Number(limit) : null;
  } catch {
    // No Linux.
    return null;
  }
}
