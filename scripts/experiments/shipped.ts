import { corruptionKinds, extraCorruptions, usualCorruptions } from '../../manifests/corruptions.js';
import { needsFrost, severities } from '../../manifests/imagenet/corruptions.js';
import { setsOfCells, type WrittenCell } from '../../manifests/write-cells.js';
import type { ExperimentInput, ExperimentSetInput } from '../../pipeline/experiment/experiment.js';

/** An experiment that ships with the project. */
export interface ShippedExperiment {
  /** Below `manifests/`. */
  readonly file: string;
  readonly content: ExperimentInput;
  /** Characters of a line of its file. Default: 230. */
  readonly widest?: number;
}

const detectors = ['MSP', 'ODIN', 'ML', 'G', 'SG'];

const resnets = [18, 50].map((depth) => ({
  name: `ResNet-${depth}`,
  file: `models/resnet${depth}.onnx`,
  preprocess: 'imagenet',
}));

/** ImageNet-C's images are stored as they were cropped. */
const stored = { resize: null } as const;

const imagenet = { name: 'ImageNet-1K', manifest: 'imagenet-1k.csv', validation: 3000 } as const;

/** Tables 5 to 7 (and 3); sizes of validation splits are table 2's. */
const paperImagenet: ExperimentInput = {
  name: 'grodin-imagenet',
  models: resnets,
  inDomain: imagenet,
  outliers: [
    { name: 'ImageNet-O', manifest: 'imagenet-o.csv', validation: 600 },
    { name: 'ImageNet-R', manifest: 'imagenet-r.csv', validation: 600, ownClasses: true },
    { name: 'ImageNet-A', manifest: 'imagenet-a.csv', validation: 600, ownClasses: true },
    { name: 'ImageNet-C', manifest: 'imagenet-c/glass_blur-5.csv', preprocess: stored, validation: 3000 },
  ],
  detectors,
  batchSize: 8,
};

/** Table 4. */
const paperCifar: ExperimentInput = {
  name: 'grodin-cifar-10',
  models: [{ name: 'Wide-ResNet-28-10', file: 'models/wrn-28-10.onnx', preprocess: 'cifar10' }],
  inDomain: { name: 'CIFAR-10', manifest: 'cifar-10.csv', validation: 500 },
  outliers: [{ name: 'tiny-ImageNet', manifest: 'tiny-imagenet.csv', validation: 500 }],
  detectors,
  batchSize: 32,
};

const cells: readonly WrittenCell[] = usualCorruptions.flatMap((corruption) =>
  severities.map((severity): WrittenCell => {
    const name = `${corruption}-${severity}`;
    return { name, manifest: `imagenet-c/${name}.csv`, corruption, severity, preprocess: stored };
  }),
);

/** All of ImageNet-C, one choice a corruption. */
const families = setsOfCells(cells, 600);

/** Kinds of corruptions, whose means are reported; the severities of each corruption are groups too. */
const kinds = Object.entries(corruptionKinds).map(([name, corruptions]) => ({
  name,
  sets: cells.filter(({ corruption }) => corruptions.includes(corruption)).map((cell) => cell.name),
}));

const paperSweep: ExperimentInput = {
  name: 'grodin-imagenet-c',
  models: resnets,
  inDomain: imagenet,
  outliers: families.outliers,
  groups: [...kinds, ...families.groups],
  detectors,
  batchSize: 8,
};

/** As the paper does with its one cell: each has a choice of its own, on 3 000 of its images. */
const paperSweepByCell: ExperimentInput = {
  ...paperSweep,
  name: 'grodin-imagenet-c-by-cell',
  outliers: cells.map((cell) => ({ ...cell, validation: 3000 })),
  groups: kinds,
};

const onOpenImage = (name: string, manifest: string): ExperimentSetInput => {
  return { name, manifest, selectOn: 'OpenImage-O-validation' };
};

/** OpenOOD v1.5, ImageNet-1K: near and far sets, all selected on OpenImage-O's validation list. */
const openoodImagenet = {
  name: 'openood-imagenet-1k',
  models: [
    {
      name: 'ResNet-50',
      file: 'models/resnet50.onnx',
      // As its loader allows images that end early.
      preprocess: { preset: 'imagenet', truncated: 'load' },
    },
  ],
  inDomain: { name: 'ImageNet-1K', manifest: 'test_imagenet.csv', selectOn: 'ImageNet-1K-validation' },
  outliers: [
    onOpenImage('SSB-hard', 'test_ssb_hard.csv'),
    onOpenImage('NINCO', 'test_ninco.csv'),
    onOpenImage('iNaturalist', 'test_inaturalist.csv'),
    onOpenImage('Textures', 'test_textures.csv'),
    onOpenImage('OpenImage-O', 'test_openimage_o.csv'),
  ],
  validationSets: [
    { name: 'ImageNet-1K-validation', manifest: 'val_imagenet.csv' },
    { name: 'OpenImage-O-validation', manifest: 'val_openimage_o.csv' },
  ],
  groups: [
    { name: 'near', sets: ['SSB-hard', 'NINCO'] },
    { name: 'far', sets: ['iNaturalist', 'Textures', 'OpenImage-O'] },
  ],
  detectors,
  batchSize: 8,
} satisfies ExperimentInput;

/** The same with the covariate-shifted sets as in-domain too; its C list has no transforms. */
const openoodFullSpectrum: ExperimentInput = {
  ...openoodImagenet,
  name: 'openood-imagenet-1k-full-spectrum',
  covariateShifted: [
    { name: 'ImageNet-V2', manifest: 'test_imagenet_v2.csv' },
    { name: 'ImageNet-C', manifest: 'test_imagenet_c.csv', preprocess: { resize: null, crop: null } },
    { name: 'ImageNet-R', manifest: 'test_imagenet_r.csv', ownClasses: true },
  ],
};

/** The same with ImageNet-ES, photographs of a screen in several lights and settings of cameras, which OpenOOD added later. */
const openoodWithEs: ExperimentInput = {
  ...openoodFullSpectrum,
  name: 'openood-imagenet-1k-full-spectrum-es',
  covariateShifted: [
    ...(openoodFullSpectrum.covariateShifted ?? []),
    { name: 'ImageNet-ES', manifest: 'test_imagenet_es.csv', ownClasses: true },
  ],
};

/** Fifteen corruptions of the micro-benchmark's clean images in five severities; a few minutes on two cores. */
const microSweep: ExperimentInput = {
  name: 'micro-benchmark-sweep',
  models: [{ name: 'ResNet-8', file: 'models/resnet-8-seed-0.onnx', preprocess: 'cifar10' }],
  inDomain: { name: 'clean', manifest: 'clean.csv', validation: 100 },
  ...corruptedClean(100, 200),
  detectors: ['MSP', 'G'],
  grid: { epsilon: { from: 0, to: 0.004, points: 11 }, temperature: [1, 10, 100, 1000] },
  seed: 2021,
  resamplings: { deviation: 100, interval: 200 },
  batchSize: 40,
};

/**
 * Corruptions of images of 32×32 pixels, one choice a corruption.
 * @param validation rows of each corruption to tune on @param test rows of each set to report on
 */
function corruptedClean(validation: number, test: number): Pick<ExperimentInput, 'outliers' | 'groups'> {
  const counted = usualCorruptions.filter((corruption) => !extraCorruptions.includes(corruption));
  const { outliers, groups } = setsOfCells(
    counted.flatMap((corruption) =>
      severities.map((severity): WrittenCell => {
        const textures = needsFrost({ corruption }) ? { textures: 'frost' } : {};
        const corrupt = { corruption, severity, form: 'cifar-10-c', ...textures } as const;
        return { name: `${corruption}-${severity}`, manifest: 'clean.csv', corruption, severity, corrupt };
      }),
    ),
    validation,
  );
  return { outliers: outliers.map((set) => ({ ...set, test })), groups };
}

/** Every experiment that ships. */
export const shippedExperiments: readonly ShippedExperiment[] = [
  { file: 'paper/imagenet.json', content: paperImagenet },
  { file: 'paper/cifar-10.json', content: paperCifar },
  { file: 'paper/imagenet-c.json', content: paperSweep },
  { file: 'paper/imagenet-c-by-cell.json', content: paperSweepByCell },
  { file: 'openood/imagenet-1k.json', content: openoodImagenet },
  { file: 'openood/imagenet-1k-full-spectrum.json', content: openoodFullSpectrum },
  { file: 'openood/imagenet-1k-full-spectrum-es.json', content: openoodWithEs },
  { file: 'micro-benchmark/sweep.json', content: microSweep, widest: 300 },
];

/** An experiment that ships as its file has it. */
export function shippedText({ content, widest = 230 }: ShippedExperiment): string {
  return `${textOf(content, widest, '')}\n`;
}

/** What fits on a line stands on one. */
function textOf(value: unknown, widest: number, indent: string): string {
  const flat = spaced(value);
  if (typeof value !== 'object' || value === null || indent.length + flat.length <= widest) return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return `[\n${value.map((item) => `${inner}${textOf(item, widest, inner)}`).join(',\n')}\n${indent}]`;
  const lines = Object.entries(value).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${textOf(item, widest, inner)}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const items = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`);
  return items.length === 0 ? '{}' : `{ ${items.join(', ')} }`;
}
