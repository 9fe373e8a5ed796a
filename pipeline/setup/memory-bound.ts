import { formatBytes } from '../../manifests/input/bytes.js';
import { setting } from '../../stages/setting.js';
import { taskMemory } from '../../workers/machine-memory.js';
import type { Experiment } from '../experiment/experiment.js';
import { kindOf } from '../plan/workers.js';
import type { RunSetup } from './run-setup.js';

/** What is left to the processes beside the one that scores: a share, and at least so many bytes. */
const OTHERS_SHARE = 0.1;
const OTHERS_BYTES = 256 * 2 ** 20;

/**
 * Bytes that the process that scores may take, or null where they are not bounded: as was asked for, else as the experiment
 * says, else, on the CPU, what a scheduler gave this task, which would be killed where it takes more.
 * @param asked undefined where nothing was asked for, null for no bound
 * @param given what the task was given, or null where it isn't bounded
 */
export function memoryBound(
  { memory }: Pick<Experiment, 'memory'>,
  asked: number | null | undefined,
  { devices }: Pick<RunSetup, 'devices'>,
  onNote: (text: string) => void,
  given: number | null = taskMemory(),
): number | null {
  if (asked !== undefined || memory !== null) return asked ?? (asked === null ? null : memory);
  if (given === null || kindOf(devices).eachHas !== 'cores') return null;
  const bound = Math.max(1, Math.floor(given - Math.max(OTHERS_SHARE * given, OTHERS_BYTES)));
  onNote(
    `memory: this task has ${formatBytes(given)}, of which scoring may take ${formatBytes(bound)}; ${setting('memory')} says otherwise`,
  );
  return bound;
}
