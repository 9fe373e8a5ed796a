import { sizeOf } from '../../../stages/graph/shape.js';
import type { Model } from '../../../stages/onnx/model.js';
import { Layers } from './layers.js';
import type { Weights } from './weights.js';

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
