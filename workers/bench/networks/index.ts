import { convNeXt } from './conv-next.js';
import { efficientNet } from './efficient-net.js';
import { resNet, wideResNet } from './residual.js';
import { swinTransformer } from './swin-transformer.js';
import { visionTransformer } from './vision-transformer.js';
import type { MakeNetwork } from './weights.js';

export { seededWeights, type Weights } from './weights.js';
export { resNet, wideResNet };

/** The architectures that the benchmark measures, by the name of their file. */
export const networks: Readonly<Record<string, MakeNetwork>> = {
  resnet18: (weights) => resNet(weights, { bottleneck: false, depths: [2, 2, 2, 2] }),
  resnet50: (weights) => resNet(weights, { bottleneck: true, depths: [3, 4, 6, 3] }),
  'wrn28-10': (weights) => wideResNet(weights, { depth: 28, widen: 10, classes: 10 }),
  'efficientnet-b0': (weights) => efficientNet(weights),
  'convnext-t': (weights) => convNeXt(weights, { depths: [3, 3, 9, 3], widths: [96, 192, 384, 768] }),
  'vit-b-16': (weights) => visionTransformer(weights, { patch: 16, depth: 12, heads: 12, width: 768 }),
  'swin-t': (weights) => swinTransformer(weights, { depths: [2, 2, 6, 2], heads: [3, 6, 12, 24], width: 96 }),
};
