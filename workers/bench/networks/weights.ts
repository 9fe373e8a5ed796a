import { randomFor } from '../../../manifests/micro-benchmark/random.js';
import type { Model } from '../../../stages/onnx/model.js';

/** The weights of a network, element by element. */
export interface Weights {
  /** Mean 0. */
  normal(count: number, deviation: number): Float32Array;
  /** Around 1, never near 0. */
  aroundOne(count: number, scale: number): Float32Array;
}

/** Makes one architecture with BatchNormalization kept, input `image` [N, 3, H, W], output `logits` [N, K]. */
export type MakeNetwork = (weights: Weights) => Model;

/** Random weights that depend on the seed alone. */
export function seededWeights(seed: number): Weights {
  const random = randomFor('benchmark network', seed);
  return {
    normal: (count, deviation) => Float32Array.from({ length: count }, () => deviation * random.gaussian()),
    aroundOne: (count, scale) => Float32Array.from({ length: count }, () => scale * random.between(0.7, 1.3)),
  };
}
