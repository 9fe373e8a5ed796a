import type { Interpolation } from './resample.js';

/** A number of each channel: of grey alone, or of R, G, B. */
export type PerChannel = readonly [number] | readonly [number, number, number];

/** A side of a square, or both sides in pixels. */
export type Sides = number | readonly [height: number, width: number];

/**
 * How an image file becomes the network's input, in the words and in the order of torchvision's transforms. Units: `mean`
 * and `std` are in the [0, 1] pixel range.
 */
export interface Preprocess {
  /**
   * Shorter side after a resize that keeps the aspect ratio, or height and width after one that does not; null keeps the
   * image's size.
   */
  readonly resize: Sides | null;
  /** How it is resized: as Pillow does, with filters that widen with the reduction (all but `nearest`). */
  readonly interpolation: Interpolation;
  /** The central crop, or null for none. What is larger than the image is black around it. */
  readonly crop: Sides | null;
  /**
   * Per channel: (R, G, B), or one number for networks of one channel, whose images are made grey. The input is
   * (pixel/255 − mean) / std.
   */
  readonly mean: PerChannel;
  /** Of as many channels as `mean`, in the [0, 1] pixel range. */
  readonly std: PerChannel;
  /**
   * `load`: of a file that ends before its image does, what is there, as Pillow does with LOAD_TRUNCATED_IMAGES. Absent
   * where such an image is an error.
   */
  readonly truncated?: 'load' | undefined;
}

/** What may be left out of preprocessing: without a resize or a crop unless it says so, bilinear. */
export interface PreprocessSettings extends Partial<Pick<Preprocess, 'resize' | 'interpolation' | 'crop'>> {
  /** Images are resized with antialiasing, as Pillow always does: this may only say so. */
  readonly antialias?: true | undefined;
  /** Default: `error`. */
  readonly truncated?: 'error' | 'load' | undefined;
}

/** Preprocessing written by itself. */
export interface WholePreprocess extends PreprocessSettings, Pick<Preprocess, 'mean' | 'std'> {}

/** A preset, of which some settings are others. */
export interface ChangedPreset extends PreprocessSettings, Partial<Pick<Preprocess, 'mean' | 'std'>> {
  readonly preset: string;
}

/** Preprocessing as it is written. */
export type PreprocessInput = WholePreprocess | ChangedPreset;

/** Why images can't be made for a network of a number of channels by any preprocessing; null where they can. */
export function channelsFault({ channels }: { readonly channels: number }): string | null {
  return channels === 1 || channels === 3
    ? null
    : `the network takes ${channels} channels, but images have 3 (R, G, B) or are made grey; export it for either`;
}

/** Why a network's images can't be made by a preprocessing that is for another number of channels; null where they can. */
export function channelFault(
  { mean }: Pick<Preprocess, 'mean'>,
  { channels }: { readonly channels: number },
): string | null {
  const fault = channelsFault({ channels });
  if (fault !== null) return fault;
  if (mean.length === channels) return null;
  return channels === 1
    ? 'the network takes grey images, of 1 channel; give one number for mean, and one for std'
    : 'the network takes images of 3 channels (R, G, B); give three numbers for mean, and three for std';
}

/** The standard deviation by which pixels in the [0, 1] range become levels of 255 again. */
const ofLevels = 1 / 255;

/** Mean and standard deviation may differ from those of bytes by so much, relative to the latter. */
const roundedLevels = 1e-6;

/** Why a preprocessing doesn't give what a network takes, of its channels or of its type; null where it does. */
export function valuesFault(
  preprocess: Pick<Preprocess, 'mean' | 'std'>,
  network: { readonly channels: number; readonly takesBytes: boolean },
): string | null {
  const { mean, std } = preprocess;
  const near = (value: number, other: number): boolean => Math.abs(value - other) <= roundedLevels * ofLevels;
  const givesLevels = mean.every((value) => near(value, 0)) && std.every((value) => near(value, ofLevels));
  const fault = channelFault(preprocess, network);
  if (fault !== null || !network.takesBytes || givesLevels) return fault;
  return `the network takes bytes (uint8), levels of 0 to 255; give 0 for mean, and ${ofLevels} (1/255) for std`;
}

/**
 * What a set's images have done otherwise than the network's own preprocessing says, as those that are stored cropped. What is
 * absent stays. Mean and standard deviation are the network's, whatever the set.
 */
export interface PreprocessChange {
  readonly resize?: Sides | null | undefined;
  readonly interpolation?: Interpolation | undefined;
  readonly crop?: Sides | null | undefined;
  readonly truncated?: 'error' | 'load' | undefined;
}

/** Preprocessing with what a set changes of it. */
export function changedPreprocess(
  { truncated: usual, ...preprocess }: Preprocess,
  { resize, interpolation, crop, truncated = usual }: PreprocessChange = {},
): Preprocess {
  return {
    ...preprocess,
    ...(resize === undefined ? {} : { resize }),
    ...(interpolation === undefined ? {} : { interpolation }),
    ...(crop === undefined ? {} : { crop }),
    ...(truncated === 'load' ? { truncated } : {}),
  };
}

/** Height and width that all images have behind a preprocessing, or null where they depend on the image. */
export function fixedSize({
  resize,
  crop,
}: Pick<Preprocess, 'resize' | 'crop'>): readonly [height: number, width: number] | null {
  if (crop !== null) return bothSides(crop);
  return typeof resize === 'object' ? resize : null;
}

/** Height and width of a square's side, or of both. */
export function bothSides(sides: Sides): readonly [height: number, width: number] {
  return typeof sides === 'number' ? [sides, sides] : sides;
}
