import type { Severity } from '../../../manifests/imagenet/corruptions.js';
import type { Pixels } from '../pixels.js';
import type { Draws } from './draws.js';

/** Corruptions are defined for images of this side: the centre of an image whose shorter side was made 256 long. */
export const SIDE = 224;

/** What a corruption works with besides pixels. */
export interface CorruptionSources {
  /** Random numbers, in the order in which the corruption asks for them. */
  readonly draws: Draws;
  /** Photographs of frost; empty where the corruption needs none. */
  readonly textures: readonly Pixels[];
}

/** One of ImageNet-C's corruptions: a function of pixels, severity and draws alone. */
export interface Corruption {
  /** As the published set names its folders, for example `glass_blur`. */
  readonly name: string;
  /** @param pixels of `SIDE`×`SIDE`, which are left as they are @returns pixels of that size, before they are stored as JPEG */
  apply(pixels: Pixels, severity: Severity, sources: CorruptionSources): Pixels | Promise<Pixels>;
}

/** What a corruption is at each severity, from 1 to 5. */
export type PerSeverity<T> = Readonly<Record<Severity, T>>;

export function perSeverity<T>(one: T, two: T, three: T, four: T, five: T): PerSeverity<T> {
  return { 1: one, 2: two, 3: three, 4: four, 5: five };
}
