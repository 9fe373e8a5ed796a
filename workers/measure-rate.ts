import { availableParallelism } from 'node:os';
import { type Engine, type EngineSession, type HostTensor, runOnHost } from './engines/engine.js';
import { feedsNamed, matrix, vector } from './passes/tensors.js';
import type { ModelTask } from './task.js';

/** Seconds that one image takes in each kind of pass, with all cores of this machine on one batch. */
export interface PassSeconds {
  /** 0 where several ε are scored together: those graphs do both, and it is counted as scoring. */
  readonly perturbation: number;
  /** Of one ε, where several are scored together a full group's share. */
  readonly scoring: number;
  readonly forward: number;
}

const SECONDS_PER_KIND = 1;

/** Times the compiled graphs of a model on this machine: about a second for each. */
export async function measurePasses(
  engine: Engine,
  model: ModelTask,
  batchSize: number,
): Promise<PassSeconds> {
  const { channels, height, width } = model.input;
  const dims = [batchSize, channels, height, width];
  const pixels = new Float32Array(batchSize * channels * height * width);
  const image: HostTensor = {
    type: 'float32',
    dims,
    // Anything but zeros, which some kernels are quicker with.
    data: pixels.map((_, index) => Math.sin(index)),
  };
  const direction: HostTensor = { type: 'float32', dims, data: pixels };
  const temperature = vector([1]);
  const steps = new Array<number>(channels).fill(0);
  const time = async (file: string, feeds: Readonly<Record<string, HostTensor>>): Promise<number> => {
    const session = await engine.open(file, { threads: availableParallelism() });
    try {
      return (await secondsPerRun(engine, session, feeds)) / batchSize;
    } finally {
      await session.dispose();
    }
  };
  const forward = await time(model.forward.file, feedsNamed('forward', { image }));
  const { gradient } = model;
  if (gradient.kind === 'grid') {
    const { steps: count, several } = gradient;
    const epsilon = matrix(new Array<readonly number[]>(count).fill(steps));
    const group = await time(several.file, feedsNamed('grid', { image, epsilon, temperature }));
    return { forward, perturbation: 0, scoring: group / count };
  }
  const { perturbation, scoring } = gradient;
  const moved = { image, direction, epsilon: vector(steps), temperature };
  return {
    forward,
    perturbation: await time(perturbation.file, feedsNamed('perturbation', { image, temperature })),
    scoring: await time(scoring.file, feedsNamed('scoring', moved)),
  };
}

async function secondsPerRun(
  engine: Engine,
  session: EngineSession,
  feeds: Readonly<Record<string, HostTensor>>,
): Promise<number> {
  // The first run allocates and is no measure.
  await runOnHost(engine, session, feeds);
  const started = performance.now();
  let runs = 0;
  let elapsed = 0;
  while (elapsed < SECONDS_PER_KIND) {
    await runOnHost(engine, session, feeds);
    runs += 1;
    elapsed = (performance.now() - started) / 1000;
  }
  return elapsed / runs;
}
