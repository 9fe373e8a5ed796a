import { formatBytes } from '../../manifests/input/bytes.js';
import { setting } from '../../stages/setting.js';
import { machineMemory } from '../../workers/machine-memory.js';
import { keptByWave } from '../experiment/kept-logits.js';
import type { OpenRun } from '../opening/opened.js';
import { keptRowsMemory } from '../plan/kept-rows.js';
import { decodingPlanText, type MemoryPlan, type ModelMemory, memoryPlanText } from '../plan/memory-plan.js';
import { requireMemory } from '../setup/plan-batch.js';
import type { ConductOptions } from './conducting.js';

/**
 * Compiles the models and plans the run's memory, with a note on each.
 * @throws InputError when not even one worker fits in the memory allowed
 */
export async function planRunMemory(run: OpenRun, options: ConductOptions): Promise<MemoryPlan> {
  const { batchSize } = run.experiment;
  const note = options.isRestart ? () => {} : options.note;
  const takes: ModelMemory[] = [];
  for (const model of run.models) {
    const { memory, description, task } = await options.compiled.of(model, batchSize);
    const layers = task.layers?.length ?? 0;
    const kept = keptByWave(run.experiment, model);
    takes.push([...memory, ...keptRowsMemory(run.experiment, batchSize, { ...description, layers, kept })]);
    for (const text of description.notes) note(`${model.file}: ${text}`);
  }
  const memory = requireMemory(takes, batchSize, options.workers, options.memory, options.memoryUse);
  note(memoryPlanText(memory));
  const leftOut = decodingPlanText(memory, options.maxPixels);
  if (leftOut !== null) note(leftOut);
  const there = machineMemory();
  if (memory.allowedBytes === null && memory.plannedBytes > there)
    note(`memory: this machine has ${formatBytes(there)}; bound the run with ${setting('memory')}`);
  return memory;
}
