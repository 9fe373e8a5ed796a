import { randomFor } from '../../manifests/micro-benchmark/random.js';
import { add } from '../../stages/graph/arithmetic.js';
import { float, GraphBuilder, int, type Value } from '../../stages/graph/builder.js';
import { conv, outputSize, type Window, windowAttributes } from '../../stages/graph/convolution.js';
import { gemm } from '../../stages/graph/matrix.js';
import { sizeOf } from '../../stages/graph/shape.js';
import type { Model } from '../../stages/onnx/model.js';

/** The weights of a network, element by element. */
export interface Weights {
  /** Mean 0. */
  normal(count: number, deviation: number): Float32Array;
  /** Around 1, never near 0. */
  aroundOne(count: number, scale: number): Float32Array;
}

/** Makes one architecture with BatchNormalization kept, input `image` [N, 3, H, W], output `logits` [N, K]. */
export type MakeNetwork = (weights: Weights) => Model;

/** The architectures that the benchmark measures, by the name of their file. */
export const networks: Readonly<Record<string, MakeNetwork>> = {
  resnet18: (weights) => resNet(weights, { bottleneck: false, depths: [2, 2, 2, 2] }),
  resnet50: (weights) => resNet(weights, { bottleneck: true, depths: [3, 4, 6, 3] }),
  'wrn28-10': (weights) => wideResNet(weights, { depth: 28, widen: 10, classes: 10 }),
};

/** Random weights that depend on the seed alone. */
export function seededWeights(seed: number): Weights {
  const random = randomFor('benchmark network', seed);
  return {
    normal: (count, deviation) => Float32Array.from({ length: count }, () => deviation * random.gaussian()),
    aroundOne: (count, scale) => Float32Array.from({ length: count }, () => scale * random.between(0.7, 1.3)),
  };
}

/** What the last scale of a residual branch is damped by, as training does: activations stay of order 1. */
const damping = 0.25;

/**
 * ResNets for 224×224 images (He et al., with the stride in the 3×3 convolution as torchvision has it).
 * @param side of the image; another than 224 makes a small variant
 */
export function resNet(
  weights: Weights,
  options: {
    readonly bottleneck: boolean;
    readonly depths: readonly number[];
    readonly width?: number;
    readonly classes?: number;
    readonly side?: number;
  },
): Model {
  const { bottleneck, depths, width = 64, classes = 1000, side = 224 } = options;
  const n = new Layers(weights);
  const stem = n.relu(n.batchNormalization(n.convolution(n.image(side), width, 7, 2), 1));
  let x = n.maxPool(stem);
  for (const [stage, depth] of depths.entries())
    for (let block = 0; block < depth; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const inner = width * 2 ** stage;
      const outer = bottleneck ? 4 * inner : inner;
      const shortcut =
        stride === 1 && sizeOf(x.shape, 1) === outer
          ? x
          : n.batchNormalization(n.convolution(x, outer, 1, stride), 1);
      const convolutions: readonly (readonly [channels: number, kernel: number, stride: number])[] =
        bottleneck
          ? [
              [inner, 1, 1],
              [inner, 3, stride],
              [outer, 1, 1],
            ]
          : [
              [inner, 3, stride],
              [outer, 3, 1],
            ];
      let branch = x;
      for (const [index, [channels, kernel, step]] of convolutions.entries()) {
        const last = index === convolutions.length - 1;
        branch = n.batchNormalization(n.convolution(branch, channels, kernel, step), last ? damping : 1);
        if (!last) branch = n.relu(branch);
      }
      x = n.relu(n.add(branch, shortcut));
    }
  return n.classifier(x, classes);
}

/** Wide ResNets for 32×32 images (Zagoruyko & Komodakis): BatchNorm and ReLU before each convolution. */
export function wideResNet(
  weights: Weights,
  options: {
    readonly depth: number;
    readonly widen: number;
    readonly classes: number;
    readonly side?: number;
  },
): Model {
  const { depth, widen, classes, side = 32 } = options;
  const n = new Layers(weights);
  let x = n.convolution(n.image(side), 16, 3, 1);
  for (const [stage, base] of [16, 32, 64].entries())
    for (let block = 0; block < (depth - 4) / 6; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const outer = base * widen;
      const y = n.relu(n.batchNormalization(x, 1));
      const inside = n.relu(n.batchNormalization(n.convolution(y, outer, 3, stride), damping));
      const shortcut = sizeOf(x.shape, 1) === outer ? x : n.convolution(x, outer, 1, stride);
      x = n.add(n.convolution(inside, outer, 3, 1), shortcut);
    }
  return n.classifier(n.relu(n.batchNormalization(x, 1)), classes);
}

/** Emits layers with weights of their own. */
class Layers {
  readonly #b = new GraphBuilder(null);
  readonly #weights: Weights;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  image(side: number): Value {
    return this.#b.input('image', ['N', 3, side, side]);
  }

  /** He-normal weights, without bias, padded to keep the size. */
  convolution(x: Value, channels: number, kernel: number, stride: number): Value {
    const inputs = sizeOf(x.shape, 1);
    const count = channels * inputs * kernel ** 2;
    const data = this.#weights.normal(count, Math.sqrt(2 / (inputs * kernel ** 2)));
    const weight = this.#b.floats([channels, inputs, kernel, kernel], data);
    return conv(this.#b, x, weight, null, square(kernel, stride, Math.floor(kernel / 2)), 1);
  }

  /** Statistics near those of a convolution with He-normal weights behind a ReLU: mean 0, variance 1. */
  batchNormalization(x: Value, scale: number): Value {
    const channels = sizeOf(x.shape, 1);
    const { normal, aroundOne } = this.#weights;
    const vectors = [
      aroundOne(channels, scale),
      normal(channels, 0.1),
      normal(channels, 0.1),
      aroundOne(channels, 1),
    ];
    const inputs = [x, ...vectors.map((data) => this.#b.floats([channels], data))];
    return this.#b.emit('BatchNormalization', inputs, { epsilon: float(1e-5) }, { shape: x.shape });
  }

  relu(x: Value): Value {
    return this.#b.emit('Relu', [x], {}, { shape: x.shape });
  }

  add(x: Value, y: Value): Value {
    return add(this.#b, x, y);
  }

  maxPool(x: Value): Value {
    const window = square(3, 2, 1);
    const shape = ['N' as const, sizeOf(x.shape, 1), ...outputSize(x.shape, window)];
    const { dilations: _, ...attributes } = windowAttributes(window);
    return this.#b.emit('MaxPool', [x], attributes, { shape });
  }

  classifier(x: Value, classes: number): Model {
    const b = this.#b;
    const features = sizeOf(x.shape, 1);
    const pooled = b.emit('GlobalAveragePool', [x], {}, { shape: ['N', features, 1, 1] });
    const flat = b.emit('Flatten', [pooled], { axis: int(1) }, { shape: ['N', features] });
    const weight = b.floats([classes, features], this.#weights.normal(classes * features, 0.02));
    const bias = b.floats([classes], this.#weights.normal(classes, 0.02));
    b.output('logits', gemm(b, flat, weight, bias, { transB: true }));
    return b.finish('classifier');
  }
}

function square(kernel: number, stride: number, padding: number): Window {
  return {
    kernel: [kernel, kernel],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    dilations: [1, 1],
  };
}
