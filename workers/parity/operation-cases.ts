import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { FloatTensor, Model, Tensor } from '../../stages/onnx/model.js';
import { goldenFolder } from './golden.js';
import { murmurFinaliser } from './golden-images.js';
import { modelOf, type WrittenNode } from './written-graph.js';

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
  /** Who wrote the file, as it says. */
  readonly producer?: string;
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

const folder = new URL('operations/', goldenFolder);

/** The rules that have cases. */
export const goldenRules = (): string[] =>
  readdirSync(folder)
    .sort()
    .map((file) => basename(file, '.json'));

export function goldenCases(rule: string): readonly GoldenCase[] {
  return JSON.parse(readFileSync(new URL(`${rule}.json`, folder), 'utf8')) as GoldenCase[];
}

/** The graph of a case and its images. */
export function openCase({ images, opset, batch, nodes, initializers, producer }: GoldenCase): {
  readonly model: Model;
  readonly images: FloatTensor;
} {
  const pixels = tensorOf(images);
  if (pixels.type !== 'float32') throw new TypeError('images are floating-point numbers');
  const tensors = Object.entries(initializers).map(([name, tensor]) => [name, tensorOf(tensor)] as const);
  const image = pixels.dims.slice(1);
  return {
    model: modelOf({ nodes, initializers: Object.fromEntries(tensors), image, opset, batch, producer }),
    images: pixels,
  };
}

/** The logits that differ from those of a case, a line each. */
export function wrongLogits(actual: ArrayLike<number>, expected: readonly (readonly number[])[]): string[] {
  const limit = 1e-5 * Math.max(...expected.flat().map(Math.abs));
  return expected
    .flat()
    .flatMap((reference, i) =>
      Math.abs((actual[i] ?? Number.NaN) - reference) <= limit
        ? []
        : [`logit ${i}: ${actual[i]} instead of ${reference}`],
    );
}

/** The same of the signs of pixels' gradients. */
export function wrongSigns(actual: readonly number[], expected: readonly string[]): string[] {
  const letters = actual.map((sign) => (sign > 0 ? '+' : sign < 0 ? '-' : sign === 0 ? '0' : 'NaN'));
  return [...expected.join('')].flatMap((letter, i) =>
    letter === '?' || letter === letters[i] ? [] : [`sign of pixel ${i}: ${letters[i]} instead of ${letter}`],
  );
}

/** The same of logarithms of squared norms, where null stands for a norm of 0. */
export function wrongNorms(
  what: string,
  actual: ArrayLike<number>,
  expected: readonly (number | null)[],
): string[] {
  return expected.flatMap((reference, i) => {
    const value = actual[i] ?? Number.NaN;
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
