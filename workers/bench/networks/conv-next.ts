import { multiply } from '../../../stages/graph/arithmetic.js';
import type { Value } from '../../../stages/graph/builder.js';
import { reshape, transpose } from '../../../stages/graph/layout.js';
import { sizeOf } from '../../../stages/graph/shape.js';
import type { Model } from '../../../stages/onnx/model.js';
import { Layers } from './layers.js';
import type { Weights } from './weights.js';

const epsilon = 1e-6;

/** ConvNeXt (Liu et al.): depthwise 7×7 convolutions, and perceptrons over the channels of each position. */
export function convNeXt(
  weights: Weights,
  options: {
    readonly depths: readonly number[];
    readonly widths: readonly number[];
    readonly classes?: number;
    readonly side?: number;
  },
): Model {
  const { depths, widths, classes = 1000, side = 224 } = options;
  const n = new Layers(weights);
  const b = n.builder;
  let x = normalized(n, n.patches(n.image(side), widths[0] ?? 0, 4));
  for (const [stage, depth] of depths.entries()) {
    if (stage > 0) x = n.patches(normalized(n, x), widths[stage] ?? 0, 2);
    const width = sizeOf(x.shape, 1);
    for (let block = 0; block < depth; block++) {
      const seen = n.layerNormalization(channelsLast(n, n.depthwise(x, 7, 1, true)), epsilon);
      const branch = channelsFirst(n, n.perceptron(seen, 4 * width));
      x = n.add(multiply(b, n.tensor([width, 1, 1], 0.3), branch), x);
    }
  }
  const pooled = normalized(n, n.globalPool(x));
  return n.head(reshape(b, pooled, ['N', sizeOf(x.shape, 1)]), classes);
}

/** A LayerNormalization over the channels of [N, C, H, W]. */
const normalized = (n: Layers, x: Value): Value =>
  channelsFirst(n, n.layerNormalization(channelsLast(n, x), epsilon));

const channelsLast = (n: Layers, x: Value): Value => transpose(n.builder, x, [0, 2, 3, 1]);
const channelsFirst = (n: Layers, x: Value): Value => transpose(n.builder, x, [0, 3, 1, 2]);
