import {
  type Engine,
  type EngineTensor,
  type HostTensor,
  outputNamed,
  readAll,
  takeOutput,
} from './engines/engine.js';
import { HeldTensors } from './engines/held-tensors.js';
import { gridRuns } from './grid-runs.js';
import type { GridSessions, ModelSessions, PassSessions } from './model-sessions.js';
import type { ScoringTask } from './task.js';

/** The outputs of one pass that give scores at one cell. */
export interface CellPass {
  /** Index among the shard's cells. */
  readonly cell: number;
  readonly temperature: number;
  /** [B, K] */
  readonly logits: HostTensor;
  /** [B], or null after a forward pass. */
  readonly logNorm: HostTensor | null;
}

/** What passes are run on. */
export interface PassMeans {
  readonly engine: Pick<Engine, 'upload'>;
  readonly sessions: ModelSessions;
}

type PassTask = Pick<ScoringTask, 'model' | 'cells' | 'forwardTemperatures'>;

/** A batch on the device, and the tensors that go with it. */
interface HeldBatch {
  readonly host: HostTensor;
  readonly image: EngineTensor;
  readonly held: HeldTensors;
}

/**
 * The passes of one batch, in the order of the shard's cells: for each temperature one perturbation pass, whose direction
 * serves every ε, and a scoring pass for each cell (section 2); or, where the graphs are a grid's, runs of those. Behind them
 * one forward pass for all forward-only temperatures.
 * @param batch [B, C, H, W]
 * @returns null for a pass that gives no scores of its own
 */
export async function* runPasses(
  task: PassTask,
  batch: HostTensor,
  means: PassMeans,
): AsyncGenerator<CellPass | null> {
  const held = new HeldTensors();
  try {
    const image = held.put('image', await means.engine.upload(batch));
    const on = { host: batch, image, held };
    const { gradient } = means.sessions;
    yield* gradient.kind === 'passes'
      ? passByPass(task, on, gradient, means)
      : byGroups(task, on, gradient, means);
    if (task.forwardTemperatures.length === 0) return;
    const forward = await means.sessions.forward();
    const logits = outputNamed(await readAll(await forward.run({ image })), 'logits');
    for (const [index, temperature] of task.forwardTemperatures.entries()) {
      yield { cell: task.cells.length + index, temperature, logits, logNorm: null };
    }
  } finally {
    held.dispose();
  }
}

async function* passByPass(
  { model, cells }: PassTask,
  { host, image, held }: HeldBatch,
  sessions: PassSessions,
  { engine }: PassMeans,
): AsyncGenerator<CellPass | null> {
  // One direction is the size of the batch: only that of the temperature at hand is kept.
  let direction: EngineTensor | undefined;
  let directionAt: number | null = null;
  for (const [index, { epsilon, temperature: t }] of cells.entries()) {
    const temperature = held.put('temperature', await engine.upload(vector([t])));
    const wanted = epsilon > 0 ? t : null;
    if (direction === undefined || directionAt !== wanted) {
      const found =
        wanted === null
          ? await engine.upload({ ...host, data: new Float32Array(host.data.length) })
          : takeOutput('direction', await (await sessions.perturbation()).run({ image, temperature }));
      direction = held.put('direction', found);
      directionAt = wanted;
      yield null;
    }
    const steps = vector(stepsOf(model, epsilon));
    const step = held.put('epsilon', await engine.upload(steps));
    const session = await sessions.scoring();
    const outputs = await readAll(await session.run({ image, direction, epsilon: step, temperature }));
    const logNorm = outputNamed(outputs, 'log_norm');
    yield { cell: index, temperature: t, logits: outputNamed(outputs, 'logits'), logNorm };
  }
}

async function* byGroups(
  { model, cells }: PassTask,
  { image, held }: HeldBatch,
  grid: GridSessions,
  { engine }: PassMeans,
): AsyncGenerator<CellPass> {
  for (const { first, count, temperature: t, epsilons } of gridRuns(cells, grid.steps)) {
    const steps = epsilons.map((epsilon) => stepsOf(model, epsilon));
    const rows: HostTensor = {
      type: 'float32',
      dims: [steps.length, model.epsilonScale.length],
      data: Float32Array.from(steps.flat()),
    };
    const temperature = held.put('temperature', await engine.upload(vector([t])));
    const epsilon = held.put('epsilon', await engine.upload(rows));
    const session = await (epsilons.length === 1 ? grid.single() : grid.several());
    const outputs = await readAll(await session.run({ image, epsilon, temperature }));
    const [logits, logNorm] = [outputNamed(outputs, 'logits'), outputNamed(outputs, 'log_norm')];
    for (let at = 0; at < count; at += 1)
      yield {
        cell: first + at,
        temperature: t,
        logits: partOf(logits, at, epsilons.length),
        logNorm: partOf(logNorm, at, epsilons.length),
      };
  }
}

/** The step of each channel in the network's input space. */
function stepsOf({ epsilonScale }: PassTask['model'], epsilon: number): readonly number[] {
  return epsilonScale.map((scale) => epsilon * scale);
}

/** One of `count` equal parts of a tensor's leading dimension; shares its memory. */
function partOf(
  { type, dims: [length = 0, ...rest], data }: HostTensor,
  at: number,
  count: number,
): HostTensor {
  const size = data.length / count;
  return { type, dims: [length / count, ...rest], data: data.subarray(at * size, (at + 1) * size) };
}

function vector(values: readonly number[]): HostTensor {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) };
}
