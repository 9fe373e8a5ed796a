import { availableParallelism } from 'node:os';
import { groupCores } from './group-cores.js';
import { slurmCores } from './slurm-task.js';

/** How many cores this process may use: those that it may run on, or of these what its container may use and its task was given. */
export function machineCores(): number {
  const bounds = [groupCores(), slurmCores()].filter((bound) => bound !== null);
  return Math.min(availableParallelism(), ...bounds);
}
