import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile.js';
import { compileGrid } from '../../stages/scoring/compile-grid.js';
import {
  type Engine,
  type EngineSession,
  type HostTensor,
  outputNamed,
  readAll,
  runOnHost,
  takeOutput,
} from '../engines/engine.js';
import { HeldTensors } from '../engines/held-tensors.js';

/** What is scored: a batch at one temperature and a list of steps. */
export interface GridPoint {
  /** [B, C, H, W] */
  readonly image: HostTensor;
  /** [1] */
  readonly temperature: HostTensor;
  /** The per-channel steps of each ε. */
  readonly epsilons: readonly (readonly number[])[];
}

/** Graphs that score a batch at every ε, opened. */
export interface OpenedWay {
  /** @returns log ‖Jᵀv‖² of each ε and image, those of the first ε first */
  run(point: GridPoint): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

/** On what graphs are opened, and how they are compiled. */
export interface WayMeans {
  readonly engine: Engine;
  readonly model: Model;
  readonly lowerings: Lowerings;
  /** B */
  readonly batch: number;
  readonly threads: number;
  /** Where graphs are written. */
  readonly folder: string;
}

/** One perturbation pass, whose direction serves a scoring pass for each ε, as a worker has it. */
export async function openPasses(means: WayMeans): Promise<OpenedWay> {
  const { engine, model, lowerings, batch } = means;
  const options = { batch, lowerings };
  const perturbation = await open(means, 'perturbation', compilePerturbation(model, options), ['direction']);
  const scoring = await open(means, 'scoring', compileScoring(model, options)).catch(async (error) => {
    await perturbation.dispose();
    throw error;
  });
  return {
    run: async (point) => {
      const held = new HeldTensors();
      try {
        const image = held.put('image', await engine.upload(point.image));
        const temperature = held.put('temperature', await engine.upload(point.temperature));
        const found = takeOutput('direction', await perturbation.run({ image, temperature }));
        const direction = held.put('direction', found);
        const norms: number[] = [];
        for (const steps of point.epsilons) {
          const epsilon = held.put('epsilon', await engine.upload(vector(steps)));
          norms.push(
            ...logNorms(await readAll(await scoring.run({ image, direction, epsilon, temperature }))),
          );
        }
        return norms;
      } finally {
        held.dispose();
      }
    },
    dispose: async () => {
      await perturbation.dispose();
      await scoring.dispose();
    },
  };
}

/**
 * One graph, run for `each` ε at a time and as often as the list asks for, the last time with its last ε repeated.
 * @param together how many of them it scores at once
 */
export async function openGrid(means: WayMeans, each: number, together: number): Promise<OpenedWay> {
  const { engine, model, lowerings, batch } = means;
  const graph = compileGrid(model, { batch, steps: each, together, lowerings });
  const session = await open(means, 'grid', graph);
  return {
    run: async ({ image, temperature, epsilons }) => {
      const norms: number[] = [];
      for (let start = 0; start < epsilons.length; start += each) {
        const epsilon = stepsOf(epsilons.slice(start, start + each), each);
        norms.push(...logNorms(await runOnHost(engine, session, { image, temperature, epsilon })));
      }
      return norms.slice(0, epsilons.length * batch);
    },
    dispose: () => session.dispose(),
  };
}

async function open(
  { engine, folder, threads }: WayMeans,
  name: string,
  graph: Model,
  keepOnDevice: readonly string[] = [],
): Promise<EngineSession> {
  const file = join(folder, `${name}.onnx`);
  await writeFile(file, encodeModel(graph));
  return engine.open(file, { threads, keepOnDevice });
}

function logNorms(outputs: Readonly<Record<string, HostTensor>>): readonly number[] {
  return Array.from(outputNamed(outputs, 'log_norm').data, Number);
}

function vector(values: readonly number[]): HostTensor {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) };
}

/** [count, C], the last ε repeated where there are fewer. */
function stepsOf(epsilons: readonly (readonly number[])[], count: number): HostTensor {
  const channels = epsilons[0]?.length ?? 0;
  const rows = Array.from({ length: count }, (_, row) => epsilons[row] ?? epsilons.at(-1) ?? []);
  return { type: 'float32', dims: [count, channels], data: Float32Array.from(rows.flat()) };
}
