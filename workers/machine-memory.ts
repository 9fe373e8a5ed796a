import { totalmem } from 'node:os';

/** Bytes of memory that this process may come to have at most: those of the machine, or of the container it is in. */
export function machineMemory(): number {
  // 0 where nothing bounds it.
  const bound = process.constrainedMemory();
  return bound > 0 ? Math.min(totalmem(), bound) : totalmem();
}
