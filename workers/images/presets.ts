import type { Preprocess } from './preprocess.js';

/** Preprocessing that networks are commonly trained with, by the name it has in experiment files. */
export const preprocessPresets: Readonly<Record<string, Preprocess>> = {
  /** torchvision's evaluation transform of its ImageNet classifiers. */
  imagenet: {
    resize: 256,
    interpolation: 'bilinear',
    crop: 224,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  /** 32×32 images as they are, with the statistics of CIFAR-10's training set. */
  cifar10: {
    resize: null,
    interpolation: 'bilinear',
    crop: null,
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.247, 0.2435, 0.2616],
  },
};
