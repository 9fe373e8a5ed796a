import type { HostTensor } from './engines/engine.js';
import { gridRuns } from './grid-runs.js';
import type { BatchPasses, Direction } from './passes/batch-passes.js';
import type { ModelPasses } from './passes/model-passes.js';
import type { Logits, Scores } from './passes/outputs.js';
import type { ScoringTask } from './task.js';

/** The outputs of one pass that give scores at one cell. */
export interface CellPass extends Logits {
  /** Index among the shard's cells. */
  readonly cell: number;
  readonly temperature: number;
  /** log ‖Jᵀv‖², [B], or null after a forward pass. */
  readonly logNorm: Float32Array | null;
  /** log SG of each layer alone, [B·L], or null where there is none. */
  readonly layerLogNorms: Float32Array | null;
}

type PassTask = Pick<ScoringTask, 'model' | 'cells' | 'forwardCells' | 'forwardTemperatures'>;

/**
 * The passes of one batch, in the order of the shard's cells: for each temperature one perturbation pass, whose direction
 * serves every ε, and a scoring pass for each cell (section 2); or, where the graphs are a grid's, runs of those. Behind them
 * cells with a forward pass alone, at the images moved along such directions, and one forward pass for all temperatures at ε = 0.
 * @param images [B, C, H, W]
 * @returns null for a pass that gives no scores of its own
 */
export async function* runPasses(
  task: PassTask,
  images: HostTensor,
  passes: ModelPasses,
): AsyncGenerator<CellPass | null> {
  const batch = await passes.upload(images);
  try {
    const { stepsTogether } = passes;
    yield* stepsTogether === null ? passByPass(task, batch) : byGroups(task, batch, stepsTogether);
    yield* forwardAtCells(task, batch);
    if (task.forwardTemperatures.length === 0) return;
    const before = task.cells.length + task.forwardCells.length;
    const forward = await batch.forward();
    for (const [index, temperature] of task.forwardTemperatures.entries())
      yield { ...forward, cell: before + index, temperature, ...withoutGradient };
  } finally {
    batch.dispose();
  }
}

async function* passByPass({ model, cells }: PassTask, batch: BatchPasses): AsyncGenerator<CellPass | null> {
  let direction: Direction | null = null;
  for (const [cell, { epsilon, temperature }] of cells.entries()) {
    const wanted = epsilon > 0 ? temperature : null;
    if (direction === null || direction.temperature !== wanted) {
      direction = wanted === null ? await batch.stand() : await batch.perturb(wanted);
      yield null;
    }
    const scores = await batch.score(direction, stepsOf(model, epsilon), temperature);
    yield { cell, temperature, ...gradientOf(scores) };
  }
}

async function* byGroups(
  { model, cells }: PassTask,
  batch: BatchPasses,
  stepsTogether: number,
): AsyncGenerator<CellPass> {
  for (const { first, count, temperature, epsilons } of gridRuns(cells, stepsTogether)) {
    const scores = await batch.scoreGrid(
      epsilons.map((epsilon) => stepsOf(model, epsilon)),
      temperature,
    );
    for (const [at, each] of scores.slice(0, count).entries())
      yield { cell: first + at, temperature, ...gradientOf(each) };
  }
}

async function* forwardAtCells(
  { model, cells, forwardCells }: PassTask,
  batch: BatchPasses,
): AsyncGenerator<CellPass | null> {
  let direction: Direction | undefined;
  for (const [index, { epsilon, temperature }] of forwardCells.entries()) {
    if (direction?.temperature !== temperature) {
      direction = await batch.perturb(temperature);
      yield null;
    }
    const forward = await batch.forwardMoved(direction, stepsOf(model, epsilon));
    yield { ...forward, cell: cells.length + index, temperature, ...withoutGradient };
  }
}

const withoutGradient = { logNorm: null, layerLogNorms: null } as const;

/** What is kept of a scoring pass. */
function gradientOf({ logits, classes, logNorm, layerLogNorms }: Scores) {
  return { logits, classes, logNorm, layerLogNorms };
}

/** The step of each channel in the network's input space. */
function stepsOf({ epsilonScale }: PassTask['model'], epsilon: number): readonly number[] {
  return epsilonScale.map((scale) => epsilon * scale);
}
