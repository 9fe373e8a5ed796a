import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import type { CellScores } from '../../workers/parity/deviation.js';
import { type Golden, type GoldenCell, goldenFolder } from '../../workers/parity/golden.js';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { inStandardOperators } from '../../workers/parity/standard-operators.js';

/** How far a float32 score may be from the float64 reference; in practice about 1e-5. */
export const tolerance = 5e-4;

/** All that scripts/golden/networks.py writes beside each network. */
export interface NetworkGolden extends Golden {
  /** log SG of each parameter alone at T = 1, ε = 0; null where its gradient is zero. */
  readonly parameters: Readonly<
    Record<string, { readonly role: string; readonly logSG: readonly (number | null)[] }>
  >;
  /** log SG at T = 1, ε = 0 under other decisions on which tensors are one parameter. */
  readonly variants: readonly { readonly options: TyingOptions; readonly logSG: readonly number[] }[];
}

export interface TyingOptions {
  readonly tie?: readonly string[];
  readonly untie?: readonly string[];
}

export function readNetworkGolden(network: string): NetworkGolden {
  return JSON.parse(readFileSync(new URL(`${network}.json`, goldenFolder), 'utf8')) as NetworkGolden;
}

export function readNetwork(network: string): Model {
  return decodeModel(readFileSync(new URL(`${network}.onnx`, goldenFolder)));
}

/** Compiles a golden network and opens the result as a stock ONNX Runtime would, from its bytes. */
export async function openScorer(
  network: string,
  options?: Parameters<typeof compileOneShot>[1],
): Promise<InferenceSession> {
  return openModel(readNetwork(network), options);
}

/** As `openScorer`, of any model. */
export async function openModel(
  model: Model,
  options?: Parameters<typeof compileOneShot>[1],
): Promise<InferenceSession> {
  // Other tests run at the same time: threads that wait for each other do so busily.
  const graph = encodeModel(inStandardOperators(compileOneShot(model, options)));
  return InferenceSession.create(graph, { intraOpNumThreads: 1 });
}

/**
 * What a model scores otherwise than its golden file says, in each of its cells. Several forms of the same choice often come to
 * the same graph: that is run once.
 * @param known what was found before, by graph
 */
export async function disagreementsOnce(
  network: string,
  options: Parameters<typeof compileOneShot>[1],
  known: Map<string, Promise<readonly string[]>>,
): Promise<readonly string[]> {
  const graph = encodeModel(inStandardOperators(compileOneShot(readNetwork(network), options)));
  const digest = `${network} ${createHash('sha256').update(graph).digest('hex')}`;
  const found = known.get(digest) ?? disagreementsOfGraph(network, graph);
  known.set(digest, found);
  return found;
}

/** What a compiled graph, as bytes of an ONNX file, scores otherwise than a network's golden file says. */
export async function disagreementsOfGraph(network: string, graph: Uint8Array): Promise<readonly string[]> {
  const golden = readNetworkGolden(network);
  const session = await InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const wrong: string[] = [];
  for (const cell of golden.cells)
    wrong.push(
      ...disagreementsAt(cell, await score(session, goldenImages(golden), golden.shape, cell)).map(
        (line) => `${network}: ${line}`,
      ),
    );
  await session.release();
  return wrong;
}

/** Scores images [N, C, H, W]. */
export async function score(
  session: InferenceSession,
  images: Float32Array,
  shape: readonly [number, number, number],
  cell: { readonly temperature: number; readonly epsilon: readonly number[] },
): Promise<CellScores> {
  const count = images.length / (shape[0] * shape[1] * shape[2]);
  const outputs = await session.run({
    image: new Tensor('float32', images, [count, ...shape]),
    temperature: new Tensor('float32', Float32Array.of(cell.temperature), [1]),
    epsilon: new Tensor('float32', Float32Array.from(cell.epsilon), [shape[0]]),
  });
  const numbers = (name: string): number[] =>
    Array.from(outputs[name]!.data as Iterable<number | bigint>, Number);
  const logits = numbers('logits');
  const classes = logits.length / count;
  return {
    logits: Array.from({ length: count }, (_, i) => logits.slice(i * classes, (i + 1) * classes)),
    predicted: numbers('predicted'),
    logOdds: numbers('log_odds'),
    logS: numbers('log_s'),
    logSG: numbers('log_sg'),
    logG: numbers('log_g'),
  };
}

/** One line for each image whose number is further than `limit` from the reference, or is none. */
export function disagreements(
  what: string,
  actual: readonly number[],
  expected: readonly (number | null)[],
  limit: number = tolerance,
): string[] {
  const lines = expected.flatMap((reference, i) => {
    const value = actual[i]!;
    // A norm of zero has the logarithm −∞.
    const difference =
      reference === null ? (value === -Infinity ? 0 : Infinity) : Math.abs(value - reference);
    return difference <= limit ? [] : [`${what}, image ${i}: ${value} instead of ${reference}`];
  });
  return actual.length === expected.length ? lines : [`${what}: ${actual.length} numbers`, ...lines];
}

/** Everything in which a scorer's answer is not the reference's. */
export function disagreementsAt(cell: GoldenCell, scored: CellScores): string[] {
  const where = `T ${cell.temperature}, ε ${cell.epsilon.some((step) => step > 0) ? '0.002' : '0'}`;
  return [
    ...disagreements(`${where}, predicted`, scored.predicted, cell.predicted, 0),
    ...(cell.logits ?? []).flatMap((logits, i) =>
      disagreements(
        `${where}, image ${i}, logit`,
        scored.logits[i]!,
        logits,
        1e-4 * Math.max(1, ...logits.map(Math.abs)),
      ),
    ),
    ...disagreements(`${where}, log-odds`, scored.logOdds, cell.logOdds),
    ...disagreements(`${where}, log S`, scored.logS, cell.logS),
    ...disagreements(`${where}, log SG`, scored.logSG, cell.logSG),
    ...disagreements(`${where}, log G`, scored.logG, cell.logG),
  ];
}
