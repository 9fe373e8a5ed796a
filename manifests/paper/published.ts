/**
 * What the paper publishes of its experiments: "GRODIN: Improved large-scale out-of-domain detection via back-propagation",
 * tables 2 to 7 and figure 2, as printed.
 */

/** The networks of table 3: what they are trained on, and their accuracy, a fraction. */
export const publishedModels = {
  'Wide-ResNet-28-10': { inDomain: 'CIFAR-10', accuracy: 0.962 },
  'ResNet-18': { inDomain: 'ImageNet-1K', accuracy: 0.697 },
  'ResNet-50': { inDomain: 'ImageNet-1K', accuracy: 0.761 },
} as const;

/** The in-domain sets of table 2, with the number of their test images. */
export const publishedInDomain = {
  'CIFAR-10': { test: 9500 },
  'ImageNet-1K': { test: 47000 },
} as const;

/** The outlier sets of table 2, and what they are outliers for. ImageNet-C is glass blur of severity 5. */
export const publishedOutliers = {
  'tiny-ImageNet': { inDomain: 'CIFAR-10' },
  'ImageNet-O': { inDomain: 'ImageNet-1K' },
  'ImageNet-R': { inDomain: 'ImageNet-1K' },
  'ImageNet-A': { inDomain: 'ImageNet-1K' },
  'ImageNet-C': { inDomain: 'ImageNet-1K' },
} as const;

/** Models of which the paper has an ensemble too. */
export const publishedEnsembles = ['ResNet-50'] as const satisfies readonly (keyof typeof publishedModels)[];

export type PublishedModel = keyof typeof publishedModels;
export type PublishedEnsemble = (typeof publishedEnsembles)[number];
export type PublishedInDomain = keyof typeof publishedInDomain;
export type PublishedOutlier = keyof typeof publishedOutliers;
export type PublishedSet = PublishedInDomain | PublishedOutlier;

/** Their names, in the order of the paper's tables. */
export const publishedNames = {
  models: Object.keys(publishedModels) as PublishedModel[],
  sets: [...Object.keys(publishedInDomain), ...Object.keys(publishedOutliers)] as PublishedSet[],
};

/** ROC-AUC, and its σ over 100 resamplings. */
export type PublishedAuroc = readonly [auroc: number, deviation: number];

/** By model and outlier set. */
type BySet<Row> = Readonly<Record<string, Readonly<Record<string, Row>>>>;

/** Tables 4 and 5: detectors as they are, and of ResNet-50 an ensemble of four, by the measure that was best. */
export const publishedDetectors: BySet<Readonly<Record<string, PublishedAuroc>>> = {
  'Wide-ResNet-28-10': {
    'tiny-ImageNet': {
      MSP: [0.954, 0.001],
      ODIN: [0.97, 0.001],
      ML: [0.965, 0.001],
      G: [0.983, 0.001],
      SG: [0.981, 0.001],
    },
  },
  'ResNet-18': {
    'ImageNet-O': {
      MSP: [0.484, 0.006],
      ODIN: [0.628, 0.007],
      ML: [0.599, 0.006],
      G: [0.76, 0.006],
      SG: [0.804, 0.006],
    },
    'ImageNet-R': {
      MSP: [0.776, 0.001],
      ODIN: [0.84, 0.001],
      ML: [0.838, 0.001],
      G: [0.852, 0.001],
      SG: [0.833, 0.002],
    },
    'ImageNet-A': {
      MSP: [0.818, 0.003],
      ODIN: [0.848, 0.002],
      ML: [0.843, 0.002],
      G: [0.853, 0.002],
      SG: [0.837, 0.002],
    },
    'ImageNet-C': {
      MSP: [0.943, 0.001],
      ODIN: [0.974, 0.0001],
      ML: [0.974, 0.0001],
      G: [0.985, 0.0001],
      SG: [0.95, 0.001],
    },
  },
  'ResNet-50': {
    'ImageNet-O': {
      MSP: [0.47, 0.006],
      ODIN: [0.599, 0.007],
      ML: [0.564, 0.008],
      Ensemble: [0.612, 0.006],
      G: [0.735, 0.006],
      SG: [0.769, 0.006],
    },
    'ImageNet-R': {
      MSP: [0.803, 0.002],
      ODIN: [0.863, 0.001],
      ML: [0.863, 0.001],
      Ensemble: [0.856, 0.001],
      G: [0.877, 0.001],
      SG: [0.856, 0.001],
    },
    'ImageNet-A': {
      MSP: [0.839, 0.002],
      ODIN: [0.872, 0.002],
      ML: [0.861, 0.002],
      Ensemble: [0.885, 0.002],
      G: [0.877, 0.002],
      SG: [0.859, 0.002],
    },
    'ImageNet-C': {
      MSP: [0.937, 0.001],
      ODIN: [0.969, 0.0001],
      ML: [0.969, 0.0001],
      Ensemble: [0.976, 0.0001],
      G: [0.982, 0.0001],
      SG: [0.958, 0.001],
    },
  },
};

/** Tables 6 and 7, by detector: vanilla, only ε, only T, full. */
export const publishedAblations: Readonly<
  Record<
    string,
    BySet<
      readonly [
        vanilla: PublishedAuroc,
        onlyEpsilon: PublishedAuroc,
        onlyTemperature: PublishedAuroc,
        full: PublishedAuroc,
      ]
    >
  >
> = {
  G: {
    'ResNet-18': {
      'ImageNet-O': [
        [0.517, 0.007],
        [0.517, 0.007],
        [0.678, 0.008],
        [0.76, 0.006],
      ],
      'ImageNet-R': [
        [0.786, 0.001],
        [0.786, 0.001],
        [0.839, 0.001],
        [0.852, 0.001],
      ],
      'ImageNet-A': [
        [0.826, 0.003],
        [0.826, 0.003],
        [0.852, 0.002],
        [0.853, 0.002],
      ],
      'ImageNet-C': [
        [0.951, 0.001],
        [0.951, 0.001],
        [0.985, 0.0001],
        [0.985, 0.0001],
      ],
    },
    'ResNet-50': {
      'ImageNet-O': [
        [0.502, 0.007],
        [0.502, 0.007],
        [0.657, 0.008],
        [0.735, 0.006],
      ],
      'ImageNet-R': [
        [0.813, 0.002],
        [0.811, 0.002],
        [0.863, 0.001],
        [0.877, 0.001],
      ],
      'ImageNet-A': [
        [0.849, 0.002],
        [0.849, 0.002],
        [0.877, 0.002],
        [0.877, 0.002],
      ],
      'ImageNet-C': [
        [0.948, 0.001],
        [0.948, 0.001],
        [0.982, 0.0001],
        [0.982, 0.0001],
      ],
    },
  },
  SG: {
    'ResNet-18': {
      'ImageNet-O': [
        [0.518, 0.007],
        [0.538, 0.007],
        [0.691, 0.006],
        [0.804, 0.006],
      ],
      'ImageNet-R': [
        [0.786, 0.001],
        [0.79, 0.002],
        [0.787, 0.002],
        [0.833, 0.002],
      ],
      'ImageNet-A': [
        [0.826, 0.002],
        [0.82, 0.002],
        [0.82, 0.002],
        [0.837, 0.002],
      ],
      'ImageNet-C': [
        [0.931, 0.001],
        [0.937, 0.001],
        [0.937, 0.001],
        [0.95, 0.001],
      ],
    },
    'ResNet-50': {
      'ImageNet-O': [
        [0.503, 0.007],
        [0.503, 0.007],
        [0.659, 0.007],
        [0.769, 0.006],
      ],
      'ImageNet-R': [
        [0.813, 0.002],
        [0.811, 0.002],
        [0.811, 0.001],
        [0.856, 0.001],
      ],
      'ImageNet-A': [
        [0.849, 0.002],
        [0.849, 0.002],
        [0.846, 0.002],
        [0.859, 0.002],
      ],
      'ImageNet-C': [
        [0.948, 0.001],
        [0.948, 0.001],
        [0.939, 0.001],
        [0.958, 0.001],
      ],
    },
  },
};

/** Section 4.2, figure 2: ROC-AUC of S and of G where S separates a set worst, by the set; of which network is not said. */
export const publishedHardExamples: Readonly<Record<string, Readonly<Record<'S' | 'G', PublishedAuroc>>>> = {
  'ImageNet-R': { S: [0.708, 0.002], G: [0.735, 0.002] },
};

/** Section 4.3: how long perturbation and scoring take together, in training steps, and in inferences from … to …. */
export const publishedCost = { trainingSteps: 2, inferences: [4, 6] } as const;
