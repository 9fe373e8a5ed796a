import { totalmem } from 'node:os';
import { isInPod } from './pod.js';
import { isInSlurm, slurmMemory } from './slurm-task.js';

/** Bytes of memory that this process may come to have at most: those of the machine, or of the container or job it is in. */
export function machineMemory(): number {
  return Math.min(totalmem(), groupMemory() ?? totalmem(), slurmMemory() ?? totalmem());
}

/**
 * Bytes of memory that a scheduler gave this task, which is killed where it takes more: as the scheduler says, else as the
 * system bounds it. Null outside of jobs, and where a job has all of the machine.
 */
export function taskMemory(): number | null {
  if (!isInSlurm() && !isInPod()) return null;
  const given = slurmMemory() ?? groupMemory();
  return given !== null && given < totalmem() ? given : null;
}

/** What the control group of this process is bounded by, or null where nothing bounds it. */
function groupMemory(): number | null {
  const bound = process.constrainedMemory();
  return bound > 0 ? bound : null;
}
