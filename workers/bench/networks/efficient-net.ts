import { multiply, sigmoid } from '../../../stages/graph/arithmetic.js';
import type { Value } from '../../../stages/graph/builder.js';
import { sizeOf } from '../../../stages/graph/shape.js';
import type { Model } from '../../../stages/onnx/model.js';
import { Layers } from './layers.js';
import type { Weights } from './weights.js';

/** Blocks of one form: how many times as wide they are inside, kernel, stride of the first, output channels, how many. */
export type EfficientNetStage = readonly [
  expansion: number,
  kernel: number,
  stride: number,
  channels: number,
  depth: number,
];

/** B0. */
const stagesOfB0: readonly EfficientNetStage[] = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
];

/** What the last normalisation of a block is damped by where its input is added, as training does. */
const damping = 0.5;

/** EfficientNets (Tan & Le): inverted bottlenecks with depthwise convolutions, gates of channels and SiLU. */
export function efficientNet(
  weights: Weights,
  options: {
    readonly stages?: readonly EfficientNetStage[];
    readonly stem?: number;
    readonly features?: number;
    readonly classes?: number;
    readonly side?: number;
  } = {},
): Model {
  const { stages = stagesOfB0, stem = 32, features = 1280, classes = 1000, side = 224 } = options;
  const n = new Layers(weights);
  const pointwise = (x: Value, channels: number): Value =>
    n.swish(n.batchNormalization(n.convolution(x, channels, 1, 1), 1));
  let x = n.swish(n.batchNormalization(n.convolution(n.image(side), stem, 3, 2), 1));
  for (const [expansion, kernel, firstStride, channels, depth] of stages)
    for (let block = 0; block < depth; block++) {
      const inputs = sizeOf(x.shape, 1);
      const stride = block === 0 ? firstStride : 1;
      const wide = expansion === 1 ? x : pointwise(x, inputs * expansion);
      const seen = n.swish(n.batchNormalization(n.depthwise(wide, kernel, stride, false), 1));
      const isAdded = stride === 1 && inputs === channels;
      const narrow = n.convolution(gated(n, seen, Math.max(1, Math.floor(inputs / 4))), channels, 1, 1);
      const out = n.batchNormalization(narrow, isAdded ? damping : 1);
      x = isAdded ? n.add(out, x) : out;
    }
  return n.classifier(pointwise(x, features), classes);
}

/** Squeeze and excitation: each channel times a number from the means of all. */
function gated(n: Layers, x: Value, squeezed: number): Value {
  const inner = n.swish(n.biasedConvolution(n.globalPool(x), squeezed, 1));
  const gates = sigmoid(n.builder, n.biasedConvolution(inner, sizeOf(x.shape, 1), 1));
  return multiply(n.builder, gates, x);
}
