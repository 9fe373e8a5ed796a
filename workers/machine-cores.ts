import { availableParallelism } from 'node:os';
import { slurmCores } from './slurm-task.js';

/** How many cores this process may use: those that it may run on, or of these what its task was given. */
export function machineCores(): number {
  return Math.min(availableParallelism(), slurmCores() ?? Number.POSITIVE_INFINITY);
}
