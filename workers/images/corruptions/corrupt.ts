import {
  type CorruptionForm,
  type CorruptionInput,
  type CorruptionSetting,
  formOf,
} from '../../../manifests/imagenet/corruptions.js';
import type { Size } from '../geometry.js';
import type { Pixels } from '../pixels.js';
import type { Preprocess } from '../preprocess.js';
import { sideOf } from './corruption.js';

/** How one image is corrupted. */
export interface ImageCorruption {
  readonly setting: CorruptionSetting;
  /** The image's in its manifest, which its draws depend on. */
  readonly id: string;
}

/** What the published images of a form were made from, and how they were stored. */
interface Way {
  readonly before: Pick<Preprocess, 'resize' | 'interpolation' | 'crop'>;
  /** Null where they were not stored as JPEG. */
  readonly quality: number | null;
}

const ways: Readonly<Record<CorruptionForm, Way>> = {
  // Photographs with a shorter side of 256 pixels, and the middle of those.
  'imagenet-c': {
    before: { resize: 256, interpolation: 'bilinear', crop: sideOf('imagenet-c') },
    quality: 85,
  },
  'cifar-10-c': { before: { resize: null, interpolation: 'bilinear', crop: null }, quality: null },
};

/** What becomes of an image before it is corrupted. */
export function beforeCorruption(setting: Pick<CorruptionInput, 'form'>): Preprocess {
  return { ...ways[formOf(setting)].before, mean: [0, 0, 0], std: [1, 1, 1] };
}

/** What is wrong with the size of an image after `beforeCorruption`; null where nothing is. */
export function sizeFault(setting: Pick<CorruptionInput, 'form'>, { width, height }: Size): string | null {
  const form = formOf(setting);
  const side = sideOf(form);
  if (width === side && height === side) return null;
  return (
    `found ${width}×${height} pixels, but the corruptions of ${form} are for ${side}×${side}; corrupt it in the form imagenet-c, ` +
    `or make it ${side}×${side} first`
  );
}

/**
 * An image of ImageNet-C or CIFAR-10-C made from a clean one. What it takes is loaded by the first image that is corrupted: each
 * thread that decodes images would load its fifty files otherwise.
 * @param clean pixels after `beforeCorruption`, of a size without a `sizeFault`
 * @throws SystemFault where the textures of frost are no longer what they were
 */
export async function corrupted(clean: Pixels, { setting, id }: ImageCorruption): Promise<Pixels> {
  const { corruption: name, severity, seed } = setting;
  const form = formOf(setting);
  const [{ corruptions }, { drawsFor }, { texturesOf }, { throughJpeg }] = await Promise.all([
    import('./registry.js'),
    import('./draws.js'),
    import('./frost-textures.js'),
    import('./jpeg.js'),
  ]);
  const corruption = corruptions.find((one) => one.name === name);
  if (corruption === undefined) throw new TypeError(`there is no corruption ${name}`);
  const sources = {
    draws: drawsFor({ corruption: name, severity, seed, id }),
    textures: await texturesOf(setting),
  };
  const pixels = await corruption.apply(clean, { form, severity }, sources);
  const { quality } = ways[form];
  return quality === null ? pixels : throughJpeg(pixels, quality);
}
