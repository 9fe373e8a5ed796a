import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { portableLowerings } from '../../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../../stages/onnx/encode.js';
import type { Model } from '../../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../../stages/scoring/compile-passes.js';
import {
  type Engine,
  type EngineSession,
  type HostTensor,
  outputNamed,
  readAll,
  takeOutput,
} from '../../../workers/engines/engine.js';
import { HeldTensors } from '../../../workers/engines/held-tensors.js';
import type { CellScores } from '../../../workers/parity/deviation.js';
import type { GoldenCell } from '../../../workers/parity/golden.js';
import { goldenImages } from '../../../workers/parity/golden-images.js';
import {
  disagreementsAt,
  type NetworkGolden,
  readNetwork,
  readNetworkGolden,
} from '../../scoring/golden-network.js';
import { temporaryFolder } from '../../temporary-folder.js';

/** Opens a compiled graph as a worker does, from a file. */
export async function openGraph(t: ExecutionContext, engine: Engine, model: Model): Promise<EngineSession> {
  const file = join(await temporaryFolder(t), 'graph.onnx');
  await writeFile(file, encodeModel(model));
  return engine.open(file, { threads: 1 });
}

/** What of a golden network is scored: all of it, unless the device is slow. */
export interface GoldenPart {
  /** How many of its images. */
  readonly images?: number;
  /** Which of its cells. */
  readonly cells?: (cell: GoldenCell) => boolean;
}

/** Everything in which the perturbation and scoring graphs of a golden network disagree with the reference. */
export async function goldenDisagreements(
  t: ExecutionContext,
  engine: Engine,
  network: string,
  part: GoldenPart = {},
): Promise<string[]> {
  const golden = partOf(readNetworkGolden(network), part);
  const batch = golden.seeds.length;
  const options = { batch, lowerings: portableLowerings };
  const perturbation = await openGraph(t, engine, compilePerturbation(readNetwork(network), options));
  const scoring = await openGraph(t, engine, compileScoring(readNetwork(network), options));
  const held = new HeldTensors();
  const image = held.put(
    'image',
    await engine.upload({ type: 'float32', dims: [batch, ...golden.shape], data: goldenImages(golden) }),
  );
  const wrong: string[] = [];
  for (const cell of golden.cells) {
    const temperature = held.put('temperature', await engine.upload(vector([cell.temperature])));
    const direction = held.put(
      'direction',
      takeOutput('direction', await perturbation.run({ image, temperature })),
    );
    const epsilon = held.put('epsilon', await engine.upload(vector(cell.epsilon)));
    const outputs = await readAll(await scoring.run({ image, temperature, direction, epsilon }));
    wrong.push(...disagreementsAt(cell, scored(outputs, batch)));
  }
  held.dispose();
  await perturbation.dispose();
  await scoring.dispose();
  return wrong;
}

/** A golden network with some of its images and cells, never none. */
export function partOf(
  golden: NetworkGolden,
  { images = golden.seeds.length, cells = () => true }: GoldenPart,
): NetworkGolden {
  const some = <T>(list: readonly T[]): readonly T[] => list.slice(0, images);
  const kept = golden.cells.filter(cells).map((cell) => ({
    ...cell,
    predicted: some(cell.predicted),
    logits: cell.logits && some(cell.logits),
    logOdds: some(cell.logOdds),
    logS: some(cell.logS),
    logSG: some(cell.logSG),
    logG: some(cell.logG),
  }));
  if (kept.length === 0) throw new RangeError(`${golden.network} has no such cell`);
  return { ...golden, seeds: some(golden.seeds), cells: kept };
}

/** Outputs of a scoring or one-shot graph as lists, one entry for each image. */
export function scored(outputs: Readonly<Record<string, HostTensor>>, batch: number): CellScores {
  const numbers = (name: string): number[] =>
    Array.from<number | bigint, number>(outputNamed(outputs, name).data, Number);
  const logits = numbers('logits');
  const classes = logits.length / batch;
  return {
    logits: Array.from({ length: batch }, (_, i) => logits.slice(i * classes, (i + 1) * classes)),
    predicted: numbers('predicted'),
    logOdds: numbers('log_odds'),
    logS: numbers('log_s'),
    logSG: numbers('log_sg'),
    logG: numbers('log_g'),
  };
}

/** Numbers as a tensor of one axis, [count]. */
export function vector(values: readonly number[]): HostTensor {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) };
}
