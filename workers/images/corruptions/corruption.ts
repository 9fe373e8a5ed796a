import type { CorruptionForm, Severity } from '../../../manifests/imagenet/corruptions.js';
import type { Pixels } from '../pixels.js';
import type { Draws } from './draws.js';

/** What a corruption works with besides pixels. */
export interface CorruptionSources {
  /** Random numbers, in the order in which the corruption asks for them. */
  readonly draws: Draws;
  /** Photographs of frost; empty where the corruption needs none. */
  readonly textures: readonly Pixels[];
}

/** How strong a corruption is: its severity, on the scale of a form. */
export interface Degree {
  readonly form: CorruptionForm;
  readonly severity: Severity;
}

/** One of ImageNet-C's corruptions, which CIFAR-10-C has too: a function of pixels, degree and draws alone. */
export interface Corruption {
  /** As the published sets name their folders and files, for example `glass_blur`. */
  readonly name: string;
  /**
   * @param pixels square, of the side of the form (`sideOf`), which are left as they are
   * @returns pixels of that size, before anything is stored
   */
  apply(pixels: Pixels, degree: Degree, sources: CorruptionSources): Pixels | Promise<Pixels>;
}

const sides: Readonly<Record<CorruptionForm, number>> = { 'imagenet-c': 224, 'cifar-10-c': 32 };

/** Pixels of a side of the images that a form is defined for. */
export const sideOf = (form: CorruptionForm): number => sides[form];

/** What a corruption is at severities 1 to 5. */
export type PerSeverity<T> = readonly [one: T, two: T, three: T, four: T, five: T];

/** Looks up what a corruption is at a degree. */
export function perForm<T>(
  settings: Readonly<Record<CorruptionForm, PerSeverity<T>>>,
): (degree: Degree) => T {
  return ({ form, severity }) => settings[form][INDEX[severity]];
}

const INDEX = { 1: 0, 2: 1, 3: 2, 4: 3, 5: 4 } as const;
