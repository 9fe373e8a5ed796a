import type { Device, Precision } from './devices/device.js';
import { loadChecked } from './doctor/load-first.js';
import type { Engine, HostTensor } from './engines/engine.js';
import { machineCores } from './machine-cores.js';
import type { BatchPasses } from './passes/batch-passes.js';
import { SessionCache } from './session-cache.js';
import type { ModelTask } from './task.js';

/** Seconds that one image takes in each kind of pass, with all cores of this machine on one batch. */
export interface PassSeconds {
  /** 0 where several ε are scored together: those graphs do both, and it is counted as scoring. */
  readonly perturbation: number;
  /** Of one ε, where several are scored together a full group's share. */
  readonly scoring: number;
  readonly forward: number;
  /** A perturbation pass for forward passes; 0 where none reads a perturbed image. */
  readonly forwardPerturbation: number;
}

const SECONDS_PER_KIND = 1;
const temperature = 1;
const epsilon = 0.001;

/** What the passes of a model take. */
export interface ModelRate {
  readonly name: string;
  readonly seconds: PassSeconds;
}

/** What `measureRates` takes: plain data. */
export type RatesOrder = Parameters<typeof measureRates>;

/**
 * Times the passes of models, one after the other, on the first of some devices that were made sure of; others of its kind are taken to be as fast.
 * Gives this process the environment that they need.
 * @throws DeviceError
 */
export async function* measureRates(
  devices: readonly Device[],
  precision: Precision,
  models: readonly ModelTask[],
  batchSize: number,
): AsyncGenerator<ModelRate, void, undefined> {
  const engine = await loadChecked(devices, precision);
  for (const model of models)
    yield { name: model.name, seconds: await measurePasses(engine, model, batchSize) };
}

/**
 * Times the passes of a model on this machine as a run does them, on a batch that is brought to the device once, whose
 * directions stay there: about a second for each kind.
 */
async function measurePasses(engine: Engine, model: ModelTask, batchSize: number): Promise<PassSeconds> {
  const { channels, height, width } = model.input;
  const images: HostTensor = {
    type: 'float32',
    dims: [batchSize, channels, height, width],
    // Anything but zeros, which some kernels are quicker with.
    data: Float32Array.from({ length: batchSize * channels * height * width }, (_, index) => Math.sin(index)),
  };
  const passes = await new SessionCache(engine, { threads: machineCores() }).of(model);
  try {
    const seconds = await passes.withBatch(images, (batch) =>
      secondsPerBatch(batch, model.epsilonScale, passes.stepsTogether, model.moving !== undefined),
    );
    return {
      forward: seconds.forward / batchSize,
      perturbation: seconds.perturbation / batchSize,
      scoring: seconds.scoring / batchSize,
      forwardPerturbation: seconds.forwardPerturbation / batchSize,
    };
  } finally {
    await passes.dispose();
  }
}

async function secondsPerBatch(
  batch: BatchPasses,
  epsilonScale: readonly number[],
  stepsTogether: number | null,
  movesForward: boolean,
): Promise<PassSeconds> {
  const steps = epsilonScale.map((scale) => epsilon * scale);
  const forward = await secondsOf(() => batch.forward());
  if (stepsTogether !== null) {
    const group = new Array<readonly number[]>(stepsTogether).fill(steps);
    const scoring = await secondsOf(() => batch.scoreGrid(group, temperature));
    const forwardPerturbation = movesForward ? await secondsOf(() => batch.perturb(temperature)) : 0;
    return { forward, perturbation: 0, scoring: scoring / stepsTogether, forwardPerturbation };
  }
  const perturbation = await secondsOf(() => batch.perturb(temperature));
  const direction = await batch.perturb(temperature);
  return {
    forward,
    perturbation,
    forwardPerturbation: movesForward ? perturbation : 0,
    scoring: await secondsOf(() => batch.score(direction, steps, temperature)),
  };
}

/** Seconds that a pass takes when it is done again and again. */
async function secondsOf(pass: () => Promise<unknown>): Promise<number> {
  // The first one opens the graph and allocates, and is no measure.
  await pass();
  const started = performance.now();
  let runs = 0;
  let elapsed = 0;
  while (elapsed < SECONDS_PER_KIND) {
    await pass();
    runs += 1;
    elapsed = (performance.now() - started) / 1000;
  }
  return elapsed / runs;
}
