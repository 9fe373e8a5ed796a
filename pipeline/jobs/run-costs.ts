import { InterruptedError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { deviceText } from '../../workers/devices/device.js';
import { costFileOf, readCostFile, writeCosts } from '../costs/cost-file.js';
import { processorName } from '../costs/measure-costs.js';
import type { CacheSettings } from '../graphs/graph-cache.js';
import type { OpenRun } from '../opening/opened.js';
import { planWorkers } from '../plan/workers.js';
import { anyOf } from '../processes/listeners.js';
import type { RunSetup } from '../setup/run-setup.js';
import { apart } from './apart.js';

/** How the costs of a run are measured. */
export interface RunCostsSettings {
  /** Bytes that the run may take, or null where they are not bounded. */
  readonly memory: number | null;
  readonly cache: CacheSettings | null;
  /** Seconds that all of it may take. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  readonly note: (text: string) => void;
}

/**
 * Measures what scores of a run cost on the first of its devices, and keeps it in the run directory, unless that is there
 * already. In a process of its own, once those that score have ended: what fails there is noted and costs nothing else.
 * @throws InterruptedError when the signal was aborted
 */
export async function keepCosts(
  { directory, models, experiment: { batchSize: batch } }: OpenRun,
  setup: RunSetup,
  { memory, cache, deadline, signal, note }: RunCostsSettings,
): Promise<void> {
  const { devices, precision, lowerings, memoryUse } = setup;
  const [first] = planWorkers(devices, setup.workers);
  if (first === undefined) return;
  const { threads } = first;
  const place = {
    device: deviceText(first.device),
    processor: processorName(),
    ...{ precision, threads, batch },
  };
  const there = await readCostFile(costFileOf(directory, place));
  const known = new Set(there?.models.map(({ name, sha256 }) => `${name} ${sha256}`));
  if (models.every(({ name, identity }) => known.has(`${name} ${identity.sha256}`))) return;
  try {
    const settings = {
      ...{ models, devices: [first.device], precision, lowerings, threads, batch },
      ...{ allowedBytes: memory, memoryUse, cache },
    };
    const late = AbortSignal.timeout(1000 * deadline);
    const costs = await apart('costs', [settings], { signal: anyOf(signal, late), onNote: note });
    await writeCosts(directory, costs);
  } catch (error) {
    if (error instanceof InterruptedError && signal?.aborted) throw error;
    const why =
      error instanceof InterruptedError ? `it took longer than ${deadline} seconds` : reasonOf(error);
    note(`costs: not measured on ${place.device}: ${why}`);
  }
}

function reasonOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}
