import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile.js';
import { withTemporaryFolder } from '../bench/temporary-folder.js';
import {
  type Engine,
  type EngineSession,
  type EngineTensor,
  type HostTensor,
  outputNamed,
  readAll,
  runOnHost,
  takeOutput,
} from '../engines/engine.js';
import { HeldTensors } from '../engines/held-tensors.js';
import { type Deviation, differingSigns, largestDeviation, type ScoredCell } from './compare.js';
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
  /**
   * An engine whose directions are scored at. Rounding decides the sign of a gradient near to 0, and with it which image is
   * scored: at these directions the tolerance holds as it stands, and of the signs of the device's own few may differ, as
   * `signsAllowed` says. Left out, the device scores at its own directions.
   */
  readonly reference?: Engine;
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
  { lowerings, threads, tolerance, reference, prepare = (graph) => graph }: ParityOptions,
): Promise<Parity> {
  const [golden, model] = [await readGolden(network), await readGoldenModel(network)];
  const options = { batch: golden.seeds.length, lowerings };
  return withTemporaryFolder(async (folder) => {
    const written = async (name: string, graph: Model): Promise<string> => {
      const file = join(folder, name);
      await writeFile(file, encodeModel(prepare(graph)));
      return file;
    };
    const perturbing = await written('perturbation.onnx', compilePerturbation(model, options));
    // What is compared must come back.
    const keepOnDevice = reference ? [] : ['direction'];
    const perturbation = await engine.open(perturbing, { threads, keepOnDevice });
    const scoring = await engine.open(await written('scoring.onnx', compileScoring(model, options)), {
      threads,
    });
    const another = await reference?.open(perturbing, { threads });
    const held = new HeldTensors();
    try {
      const dims = [golden.seeds.length, ...golden.shape];
      const image = { type: 'float32', dims, data: goldenImages(golden) } as const;
      const uploaded = held.put('image', await engine.upload(image));
      const deviations: Deviation[] = [];
      for (const cell of golden.cells) {
        if (!reference || !another) {
          const scored = await scoreCell(engine, { perturbation, scoring }, held, uploaded, cell);
          deviations.push(largestDeviation(cell, scored, tolerance));
          continue;
        }
        const feeds = { image, temperature: vector([cell.temperature]) };
        const given = outputNamed(await runOnHost(reference, another, feeds), 'direction');
        const own = outputNamed(await runOnHost(engine, perturbation, feeds), 'direction');
        deviations.push(differingSigns(cell, own, given));
        const scored = await scoreCell(engine, { given, scoring }, held, uploaded, cell);
        deviations.push(largestDeviation(cell, scored, tolerance));
      }
      return { network, worst: deviations.reduce((a, b) => (b.share > a.share ? b : a)) };
    } finally {
      held.dispose();
      await perturbation.dispose();
      await another?.dispose();
      await scoring.dispose();
    }
  });
}

async function scoreCell(
  engine: Engine,
  graphs: { readonly scoring: EngineSession } & (
    | { readonly perturbation: EngineSession }
    | { readonly given: HostTensor }
  ),
  held: HeldTensors,
  image: EngineTensor,
  cell: GoldenCell,
): Promise<ScoredCell> {
  const temperature = held.put('temperature', await engine.upload(vector([cell.temperature])));
  const epsilon = held.put('epsilon', await engine.upload(vector(cell.epsilon)));
  const found =
    'given' in graphs
      ? await engine.upload(graphs.given)
      : takeOutput('direction', await graphs.perturbation.run({ image, temperature }));
  const direction = held.put('direction', found);
  const outputs = await readAll(await graphs.scoring.run({ image, direction, epsilon, temperature }));
  const numbers = (name: string): number[] => Array.from(outputNamed(outputs, name).data, Number);
  const [logits, predicted] = [numbers('logits'), numbers('predicted')];
  const classes = logits.length / predicted.length;
  return {
    logits: predicted.map((_, image) => logits.slice(image * classes, (image + 1) * classes)),
    predicted,
    logOdds: numbers('log_odds'),
    logS: numbers('log_s'),
    logSG: numbers('log_sg'),
    logG: numbers('log_g'),
  };
}

function vector(values: readonly number[]): HostTensor {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) };
}
