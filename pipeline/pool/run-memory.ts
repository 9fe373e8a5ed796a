import { totalmem } from 'node:os';
import { formatBytes } from '../../manifests/input/bytes.js';
import type { OpenRun } from '../opening/opened.js';
import { decodingPlanText, type MemoryPlan, type ModelMemory, memoryPlanText } from '../plan/memory.js';
import { requireMemory } from '../waves/plan-batch.js';
import type { ConductMeans } from './conducting.js';

/**
 * Compiles the models, plans what memory the run takes, and tells both.
 * @throws InputError when not even one worker fits in the memory allowed
 */
export async function planRunMemory(run: OpenRun, means: ConductMeans): Promise<MemoryPlan> {
  const { batchSize } = run.experiment;
  const tell = means.isRestart ? () => {} : means.note;
  const takes: ModelMemory[] = [];
  for (const model of run.models) {
    const { memory, description } = await means.compiled.of(model, batchSize);
    takes.push(memory);
    for (const text of description.notes) tell(`${model.file}: ${text}`);
  }
  const memory = requireMemory(takes, batchSize, means.workers, means.memory, means.memoryUse);
  tell(memoryPlanText(memory));
  const leftOut = decodingPlanText(memory, means.maxPixels);
  if (leftOut !== null) tell(leftOut);
  if (memory.allowedBytes === null && memory.plannedBytes > totalmem())
    tell(`memory: this machine has ${formatBytes(totalmem())}; bound the run with --memory`);
  return memory;
}
