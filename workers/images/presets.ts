import type { PerChannel, Preprocess } from './preprocess.js';
import { torchvisionTransforms } from './torchvision-transforms.js';

/** Statistics of ImageNet's training set. */
const imagenetStatistics: { readonly mean: PerChannel; readonly std: PerChannel } = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

const imagenet: Preprocess = {
  resize: 256,
  interpolation: 'bilinear',
  crop: 224,
  ...imagenetStatistics,
};

/** Small images, whole: those of another size are resized first, as tiny-ImageNet's for a network of CIFAR's. */
function whole(side: number, mean: PerChannel, std: PerChannel): Preprocess {
  return { resize: side, interpolation: 'bilinear', crop: null, mean, std };
}

/** The presets that messages and help list; beside them there is one for each of torchvision's weights. */
const named: Readonly<Record<string, Preprocess>> = {
  /** torchvision's evaluation transform of its first ImageNet classifiers. */
  imagenet,
  /** torchvision's of most weights that it calls V2. */
  'imagenet-232': { ...imagenet, resize: 232 },
  /** timm's usual one. */
  'imagenet-bicubic': { ...imagenet, interpolation: 'bicubic' },
  /** ImageNet-C's images, which are stored as they were cropped. */
  'imagenet-c': { ...imagenet, resize: null },
  /** Statistics of the training sets. */
  cifar10: whole(32, [0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]),
  cifar100: whole(32, [0.5071, 0.4865, 0.4409], [0.2673, 0.2564, 0.2762]),
  mnist: whole(28, [0.1307], [0.3081]),
};

/** What the names of torchvision's weights follow, for example `torchvision/ResNet50_Weights.IMAGENET1K_V2`. */
const TORCHVISION = 'torchvision/';

/** Preprocessing that networks are commonly trained with, by the name it has in experiment files. */
export const preprocessPresets: Readonly<Record<string, Preprocess>> = {
  ...named,
  ...Object.fromEntries(
    torchvisionTransforms.map(({ weights, ...transform }) => [
      `${TORCHVISION}${weights}`,
      { ...transform, ...imagenetStatistics },
    ]),
  ),
  /** The two of torchvision's with statistics of their own. */
  [`${TORCHVISION}EfficientNet_V2_L_Weights.IMAGENET1K_V1`]: {
    resize: 480,
    interpolation: 'bicubic',
    crop: 480,
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  },
  [`${TORCHVISION}VGG16_Weights.IMAGENET1K_FEATURES`]: {
    ...imagenet,
    mean: [0.48235, 0.45882, 0.40784],
    std: [1 / 255, 1 / 255, 1 / 255],
  },
};

/** The presets that there are, as messages and help list them. */
export const shownPresets: readonly string[] = [...Object.keys(named), `${TORCHVISION}WEIGHTS`];

/** @returns null where there is none of the name */
export function presetOf(name: string): Preprocess | null {
  return Object.hasOwn(preprocessPresets, name) ? (preprocessPresets[name] ?? null) : null;
}
