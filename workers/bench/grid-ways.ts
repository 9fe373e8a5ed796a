import { join } from 'node:path';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileGrid } from '../../stages/scoring/compile-grid.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import type { Engine } from '../engines/engine.js';
import { writeGraph } from '../onnx-files/graph-files.js';
import { openGrid, openPasses } from '../passes/open.js';
import type { BatchPoint } from './pass.js';

/** What is scored: a batch at one temperature and a list of steps. */
export interface GridPoint extends Pick<BatchPoint, 'images' | 'temperature'> {
  /** The per-channel steps of each ε. */
  readonly epsilons: readonly (readonly number[])[];
}

/** Graphs that score a batch at every ε, opened. */
export interface OpenedWay {
  /** @returns log ‖Jᵀv‖² of each ε and image, those of the first ε first */
  run(point: GridPoint): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

/** How the graphs are compiled, and the engine that opens them. */
export interface GridSetup {
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
export async function openPassByPass(setup: GridSetup): Promise<OpenedWay> {
  const { engine, model, lowerings, batch, threads } = setup;
  const options = { batch, lowerings };
  const files = {
    perturbation: await write(setup, 'perturbation', compilePerturbation(model, options)),
    scoring: await write(setup, 'scoring', compileScoring(model, options)),
  };
  const passes = await openPasses(engine, files, { threads });
  return {
    run: ({ images, temperature, epsilons }) =>
      passes.withBatch(images, async (batch) => {
        const direction = await batch.perturb(temperature);
        const norms: number[] = [];
        for (const steps of epsilons)
          norms.push(...(await batch.score(direction, steps, temperature)).logNorm);
        return norms;
      }),
    dispose: () => passes.dispose(),
  };
}

/**
 * One graph, run for `each` ε at a time and as often as the list asks for, the last time with its last ε repeated.
 * @param together how many of them it scores at once
 */
export async function openGridRuns(setup: GridSetup, each: number, together: number): Promise<OpenedWay> {
  const { engine, model, lowerings, batch, threads } = setup;
  const graph = compileGrid(model, { batch, steps: each, together, lowerings });
  const passes = await openGrid(engine, await write(setup, 'grid', graph), each, { threads });
  return {
    run: async ({ images, temperature, epsilons }) => {
      const norms: number[] = [];
      for (let start = 0; start < epsilons.length; start += each) {
        const own = epsilons.slice(start, start + each);
        const rows = Array.from({ length: each }, (_, row) => own[row] ?? own.at(-1) ?? []);
        const scores = await passes.withBatch(images, (batch) => batch.scoreGrid(rows, temperature));
        for (const { logNorm } of scores) norms.push(...logNorm);
      }
      return norms.slice(0, epsilons.length * batch);
    },
    dispose: () => passes.dispose(),
  };
}

async function write({ folder }: GridSetup, name: string, graph: Model): Promise<string> {
  const file = join(folder, `${name}.onnx`);
  await writeGraph(file, graph);
  return file;
}
