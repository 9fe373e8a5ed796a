import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import type { Model } from '../../stages/onnx/model.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import type { Experiment, ExperimentModel } from '../experiment/experiment.js';
import { keptByWave } from '../experiment/kept-logits.js';
import { parameterPatterns } from '../experiment/parameter-patterns.js';
import { graphsInUse, memoryOfGraphs } from '../graphs/compiled-graphs.js';
import { graphUse } from '../graphs/graph-use.js';
import { naming, readModel } from '../model/read-model.js';
import { keptRowsMemory } from '../plan/kept-rows.js';
import type { ModelMemory } from '../plan/memory-plan.js';

/** What each model takes for a batch size, with so many ε together or each alone. */
type MemoriesAt = (batch: number, stepsTogether: number | null) => readonly ModelMemory[];

/** What the models of an experiment take, one entry a model. */
export interface ModelMemories {
  /** Their graphs alone, which lie on a device. */
  readonly onDevice: MemoriesAt;
  /** Their graphs, and the rows that are kept of them in the process. */
  readonly inProcess: MemoriesAt;
}

/**
 * Reads the models of an experiment, to compile them for whatever batch size and layout is asked for.
 * @throws InputError or ModelError naming the file of a model that can't be read; asking throws for one that can't be compiled
 */
export async function modelMemories(experiment: Experiment, lowerings: Lowerings): Promise<ModelMemories> {
  const { models, layerNorms } = experiment;
  const decoded = await Promise.all(
    models.map(async (model) => {
      const content = await readModel(model.file, model);
      const rows = naming(model.file, () => keptRowsOf(experiment, model, content));
      return { ...model, content, rows };
    }),
  );
  // Compiling a large model for one layout takes seconds, and several questions are asked of each.
  const known = new Map<string, readonly ModelMemory[]>();
  const onDevice: MemoriesAt = (batch, stepsTogether) => {
    const key = `${batch} ${stepsTogether}`;
    const found =
      known.get(key) ??
      decoded.map(({ file, content, rows: _, ...model }) =>
        naming(file, () => {
          const options = { ...parameterPatterns(model), batch, lowerings, layerNorms };
          return memoryOfGraphs(content, graphsInUse(graphUse(experiment, stepsTogether)), options);
        }),
      );
    known.set(key, found);
    return found;
  };
  const inProcess: MemoriesAt = (batch, stepsTogether) =>
    onDevice(batch, stepsTogether).map((graphs, index) => [
      ...graphs,
      ...(decoded[index]?.rows(batch) ?? []),
    ]);
  return { inProcess, onDevice };
}

/** What rows of a model take, by the size of a batch. */
function keptRowsOf(
  experiment: Experiment,
  model: ExperimentModel,
  content: Model,
): (batch: number) => ModelMemory {
  const { multiplications, classes } = describeModel(content);
  const layers = experiment.layerNorms
    ? decideModelParameters(content, parameterPatterns(model)).parameters.filter(({ scored }) => scored)
        .length
    : 0;
  const kept = keptByWave(experiment, model);
  return (batch) => keptRowsMemory(experiment, batch, { multiplications, classes, layers, kept });
}
