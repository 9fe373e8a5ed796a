import type { CorruptionSetting } from '../../../manifests/imagenet/corruptions.js';
import type { Pixels } from '../pixels.js';
import type { Preprocess } from '../preprocess.js';
import { type Corruption, SIDE } from './corruption.js';
import { drawsFor } from './draws.js';
import { texturesOf } from './frost-textures.js';
import { throughJpeg } from './jpeg.js';
import { corruptions } from './registry.js';

/** How one image is corrupted. */
export interface ImageCorruption {
  readonly setting: CorruptionSetting;
  /** The image's in its manifest, which its draws depend on. */
  readonly id: string;
}

/** What the published images were made from: photographs with a shorter side of 256 pixels, and the middle of those. */
export const beforeCorruption = {
  ...{ resize: 256, interpolation: 'bilinear', crop: SIDE },
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const satisfies Preprocess;

/** They were stored as JPEG. */
const STORED_QUALITY = 85;

const byName: ReadonlyMap<string, Corruption> = new Map(corruptions.map((one) => [one.name, one]));

/**
 * An image of ImageNet-C made from a clean one.
 * @param clean `SIDE`×`SIDE` pixels after `beforeCorruption`
 * @throws SystemFault where the textures of frost are no longer what they were
 */
export async function corrupted(clean: Pixels, { setting, id }: ImageCorruption): Promise<Pixels> {
  const { corruption: name, severity, seed } = setting;
  const corruption = byName.get(name);
  if (corruption === undefined) throw new TypeError(`there is no corruption ${name}`);
  const sources = {
    draws: drawsFor({ corruption: name, severity, seed, id }),
    textures: await texturesOf(setting),
  };
  return throughJpeg(await corruption.apply(clean, severity, sources), STORED_QUALITY);
}
