import { join } from 'node:path';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import type { Model } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import type { Engine } from '../engines/engine.js';
import { writeGraph } from '../onnx-files/graph-files.js';
import type { BatchPasses } from '../passes/batch-passes.js';
import { openPasses } from '../passes/open.js';
import { type CellScores, type Deviation, largestDeviation } from './deviation.js';
import { type GoldenCell, readGolden, readGoldenModel } from './golden.js';
import { goldenImages } from './golden-images.js';
import type { Tolerance } from './tolerance.js';

/** How an engine agrees with float64 on one network. */
export interface Parity {
  readonly network: string;
  /** The number that is furthest off, in parts of what is allowed. */
  readonly worst: Deviation;
}

/** How graphs are compiled and opened, and what is allowed. */
export interface ParityOptions {
  readonly lowerings: Lowerings;
  readonly threads: number;
  readonly tolerance: Tolerance;
  /** What is done to each graph before it is written; nothing by default. */
  readonly prepare?: (graph: Model) => Model;
}

/**
 * Scores a golden network on a device as a run does, perturbation and then scoring, and compares all cells with float64.
 * @throws what the engine throws where it can't run a graph
 */
export async function measureParity(
  engine: Engine,
  network: string,
  { lowerings, threads, tolerance, prepare = (graph) => graph }: ParityOptions,
): Promise<Parity> {
  const [golden, model] = [await readGolden(network), await readGoldenModel(network)];
  const options = { batch: golden.seeds.length, lowerings };
  return withTemporaryFolder(async (folder) => {
    const write = async (name: string, graph: Model): Promise<string> => {
      const file = join(folder, `${name}.onnx`);
      await writeGraph(file, prepare(graph));
      return file;
    };
    const files = {
      perturbation: await write('perturbation', compilePerturbation(model, options)),
      scoring: await write('scoring', compileScoring(model, options)),
    };
    const passes = await openPasses(engine, files, { threads });
    try {
      const dims = [golden.seeds.length, ...golden.shape];
      const images = { type: 'float32', dims, data: goldenImages(golden) } as const;
      const deviations = await passes.withBatch(images, async (batch) => {
        const found: Deviation[] = [];
        for (const cell of golden.cells)
          found.push(largestDeviation(cell, await scoreCell(batch, cell), tolerance));
        return found;
      });
      return { network, worst: deviations.reduce((a, b) => (b.share > a.share ? b : a)) };
    } finally {
      await passes.dispose();
    }
  });
}

async function scoreCell(batch: BatchPasses, { temperature, epsilon }: GoldenCell): Promise<CellScores> {
  const direction = await batch.perturb(temperature);
  const { logits, classes, ...scores } = await batch.score(direction, epsilon, temperature);
  const predicted = Array.from(scores.predicted, Number);
  return {
    logits: predicted.map((_, image) => Array.from(logits.subarray(image * classes, (image + 1) * classes))),
    predicted,
    logOdds: Array.from(scores.logOdds),
    logS: Array.from(scores.logS),
    logSG: Array.from(scores.logSG),
    logG: Array.from(scores.logG),
  };
}
