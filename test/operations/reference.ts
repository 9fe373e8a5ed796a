import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import test from 'ava';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { FloatTensor, Model, Tensor } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import { murmurFinaliser } from '../../workers/parity/golden-images.js';
import { modelOf, type WrittenNode } from './graph.js';

/** A tensor as scripts/golden/operations.py writes it: drawn by a formula, or element by element. */
export interface GoldenTensor {
  readonly dims: readonly number[];
  readonly seed?: number;
  readonly scale?: number;
  readonly values?: readonly number[];
  readonly integers?: readonly number[];
  readonly booleans?: readonly number[];
}

/** A small graph and what float64 autograd says of it at T = 1, an entry for each image. */
export interface GoldenCase {
  readonly title: string;
  readonly opset: number;
  readonly batch: number | null;
  /** Whether ONNX Runtime takes the graph itself. */
  readonly runs: boolean;
  readonly images: GoldenTensor;
  readonly nodes: readonly WrittenNode[];
  readonly initializers: Readonly<Record<string, GoldenTensor>>;
  readonly logits: readonly (readonly number[])[];
  /** The sign of each pixel's gradient: +, −, 0, or ? where it is below 1e-6 of the largest. */
  readonly directions: readonly string[];
  /** By parameter; null where the gradient is zero. */
  readonly norms: Readonly<
    Record<
      string,
      { readonly logNorm: readonly (number | null)[]; readonly logSG: readonly (number | null)[] }
    >
  >;
}

/** What float32 may lose in the logarithm of a squared norm: in practice below 1e-5; a wrong rule costs far more. */
const tolerance = 5e-4;

const folder = new URL('../../../test/golden/operations/', import.meta.url);

/** The rules that have cases. */
export const goldenRules = (): string[] =>
  readdirSync(folder)
    .sort()
    .map((file) => basename(file, '.json'));

export function goldenCases(rule: string): readonly GoldenCase[] {
  return JSON.parse(readFileSync(new URL(`${rule}.json`, folder), 'utf8')) as GoldenCase[];
}

/** The graph of a case and its images. */
export function openCase({ images, opset, batch, nodes, initializers }: GoldenCase): {
  readonly model: Model;
  readonly images: FloatTensor;
} {
  const pixels = tensorOf(images);
  if (pixels.type !== 'float32') throw new TypeError('images are floating-point numbers');
  const tensors = Object.entries(initializers).map(([name, tensor]) => [name, tensorOf(tensor)] as const);
  const image = pixels.dims.slice(1);
  return {
    model: modelOf({ nodes, initializers: Object.fromEntries(tensors), image, opset, batch }),
    images: pixels,
  };
}

/** Declares a test for each case of a rule. */
export function followsTheReference(rule: string): void {
  for (const golden of goldenCases(rule))
    test(`${rule} with ${golden.title} has the gradients of PyTorch float64`, async (t) => {
      t.deepEqual(await disagreements(golden), []);
    });
}

async function disagreements(golden: GoldenCase): Promise<string[]> {
  const { model, images } = openCase(golden);
  const [count = 0, ...image] = images.dims;
  const pixels = images.data;
  const temperature = new OrtTensor('float32', [1], [1]);
  const feeds = { image: new OrtTensor('float32', pixels, images.dims), temperature };
  const wrong: string[] = [];

  for (const compiled of [compilePerturbation(model, { batch: count }), compilePerturbation(model)]) {
    const { logits = [], direction = [] } = await run(compiled, feeds);
    wrong.push(...wrongLogits(logits, golden.logits), ...wrongSigns(direction, golden.directions));
  }
  for (const [name, { logNorm, logSG }] of Object.entries(golden.norms)) {
    const outputs = await run(compileScoring(model, { batch: count, parameters: [name] }), {
      ...feeds,
      direction: new OrtTensor('float32', new Float32Array(pixels.length), images.dims),
      epsilon: new OrtTensor('float32', new Float32Array(image[0] ?? 0), image.slice(0, 1)),
    });
    wrong.push(...wrongNorms(`${name}, log norm`, outputs.log_norm ?? [], logNorm));
    wrong.push(...wrongNorms(`${name}, log SG`, outputs.log_sg ?? [], logSG));
  }
  // Last, as a check of the reference: the graph itself.
  if (golden.runs) {
    const { logits = [] } = await run(model, { image: feeds.image });
    wrong.push(...wrongLogits(logits, golden.logits).map((line) => `the model itself: ${line}`));
  }
  return wrong;
}

async function run(model: Model, feeds: InferenceSession.FeedsType): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(encodeModel(model), { intraOpNumThreads: 1 });
  const outputs = await session.run(feeds);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data as Iterable<number>, Number)]),
  );
}

/** The logits that differ from those of a case, a line each. */
export function wrongLogits(actual: ArrayLike<number>, expected: readonly (readonly number[])[]): string[] {
  const limit = 1e-5 * Math.max(...expected.flat().map(Math.abs));
  return expected
    .flat()
    .flatMap((reference, i) =>
      Math.abs(actual[i]! - reference) <= limit ? [] : [`logit ${i}: ${actual[i]} instead of ${reference}`],
    );
}

/** The same of the signs of pixels' gradients. */
export function wrongSigns(actual: readonly number[], expected: readonly string[]): string[] {
  const letters = actual.map((sign) => (sign > 0 ? '+' : sign < 0 ? '-' : sign === 0 ? '0' : 'NaN'));
  return [...expected.join('')].flatMap((letter, i) =>
    letter === '?' || letter === letters[i] ? [] : [`sign of pixel ${i}: ${letters[i]} instead of ${letter}`],
  );
}

function wrongNorms(what: string, actual: readonly number[], expected: readonly (number | null)[]): string[] {
  return expected.flatMap((reference, i) => {
    const value = actual[i]!;
    const right = reference === null ? value === -Infinity : Math.abs(value - reference) <= tolerance;
    return right ? [] : [`${what}, image ${i}: ${value} instead of ${reference}`];
  });
}

/** The tensor that was drawn or written. */
export function tensorOf({ dims, seed = 0, scale = 1, values, integers, booleans }: GoldenTensor): Tensor {
  if (integers) return { type: 'int64', dims, data: BigInt64Array.from(integers, BigInt) };
  if (booleans) return { type: 'bool', dims, data: Uint8Array.from(booleans) };
  const count = dims.reduce((product, size) => product * size, 1);
  const drawn = (_: unknown, i: number): number =>
    (((murmurFinaliser(Math.imul(seed, 0x9e3779b9) + i) >>> 26) - 31.5) / 32) * scale;
  return { type: 'float32', dims, data: Float32Array.from(values ?? Array.from({ length: count }, drawn)) };
}
