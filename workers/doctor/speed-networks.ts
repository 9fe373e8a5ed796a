import type { Model } from '../../stages/onnx/model.js';
import { networks, resNet, seededWeights } from '../bench/networks/index.js';

/** Networks of random weights that devices are timed on, the quick one first. */
export const speedNetworks: Readonly<Record<string, () => Model>> = {
  'small ResNet (64×64)': () =>
    resNet(seededWeights(1), { bottleneck: false, depths: [1, 1], width: 16, classes: 10, side: 64 }),
  'ResNet-18 (224×224)': () => {
    const { resnet18 } = networks;
    if (resnet18 === undefined) throw new TypeError('there is no ResNet-18');
    return resnet18(seededWeights(1));
  },
};
