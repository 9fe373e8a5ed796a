import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile.js';
import {
  type Engine,
  type EngineSession,
  type EngineTensor,
  type HostTensor,
  outputNamed,
  readAll,
  takeOutput,
} from '../engines/engine.js';
import { HeldTensors } from '../engines/held-tensors.js';
import { type Deviation, largestDeviation, type ScoredCell } from './compare.js';
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
    const open = async (name: string, bytes: Uint8Array, keepOnDevice: string[]): Promise<EngineSession> => {
      const file = join(folder, name);
      await writeFile(file, bytes);
      return engine.open(file, { threads, keepOnDevice });
    };
    const perturbation = await open(
      'perturbation.onnx',
      encodeModel(prepare(compilePerturbation(model, options))),
      ['direction'],
    );
    const scoring = await open('scoring.onnx', encodeModel(prepare(compileScoring(model, options))), []);
    const held = new HeldTensors();
    try {
      const dims = [golden.seeds.length, ...golden.shape];
      const image = { type: 'float32', dims, data: goldenImages(golden) } as const;
      const uploaded = held.put('image', await engine.upload(image));
      const deviations: Deviation[] = [];
      for (const cell of golden.cells) {
        const scored = await scoreCell(engine, { perturbation, scoring }, held, uploaded, cell);
        deviations.push(largestDeviation(cell, scored, tolerance));
      }
      return { network, worst: deviations.reduce((a, b) => (b.share > a.share ? b : a)) };
    } finally {
      held.dispose();
      await perturbation.dispose();
      await scoring.dispose();
    }
  });
}

async function scoreCell(
  engine: Engine,
  { perturbation, scoring }: Readonly<Record<'perturbation' | 'scoring', EngineSession>>,
  held: HeldTensors,
  image: EngineTensor,
  cell: GoldenCell,
): Promise<ScoredCell> {
  const temperature = held.put('temperature', await engine.upload(vector([cell.temperature])));
  const epsilon = held.put('epsilon', await engine.upload(vector(cell.epsilon)));
  const direction = held.put(
    'direction',
    takeOutput('direction', await perturbation.run({ image, temperature })),
  );
  const outputs = await readAll(await scoring.run({ image, direction, epsilon, temperature }));
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
