import type { CorruptionSetting } from '../../manifests/imagenet/corruptions.js';
import { InputError, RunFailedError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { configureDecoder } from '../../workers/images/configure-decoder.js';
import { pixelReader } from '../../workers/images/image-pixels.js';
import { normalized } from '../../workers/images/normalize.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { DEFAULT_MAX_PIXELS, ImageError } from '../../workers/images/source.js';
import { SystemFault } from '../../workers/images/system-fault.js';
import type { FailedImage } from '../../workers/score-images.js';

/** How images become what a network is fed. */
export interface PixelSettings {
  readonly preprocess: Preprocess;
  /** Height and width in pixels that a network takes; what comes out otherwise fails. Default: those of the first image. */
  readonly size?: readonly [height: number, width: number] | undefined;
  /** The corruption that images are given first, their paths being their ids. Default: none. */
  readonly corrupt?: CorruptionSetting | undefined;
  /** Images of more pixels fail. Default: what Pillow refuses to open, too. */
  readonly maxPixels?: number | undefined;
}

/** What a network is fed of one image. */
export interface PreprocessedImage {
  readonly path: string;
  /** Channels (3, or 1 of grey images), height and width. */
  readonly shape: readonly [channels: number, height: number, width: number];
  /** The input, [C, H, W]. */
  readonly input: Float32Array;
  /** Its 8-bit levels before they are normalised, [H, W, C]. */
  readonly levels: Uint8Array;
}

/** So many are decoded at once. */
const AT_ONCE = 8;

/**
 * Images as a network would be fed them, some at a time, in the order of the paths.
 * @throws RunFailedError where the system fails, and not an image
 */
export async function* preprocessFiles(
  paths: readonly string[],
  { preprocess, size, corrupt, maxPixels = DEFAULT_MAX_PIXELS }: PixelSettings,
): AsyncGenerator<readonly (PreprocessedImage | FailedImage)[]> {
  configureDecoder(1);
  const read = pixelReader({ maxPixels, allowMore: `allow more with ${setting('maxPixels')}` });
  const channels = preprocess.mean.length;
  const shape = size === undefined ? null : { channels, height: size[0], width: size[1] };
  let first: PreprocessedImage | null = null;
  for (let start = 0; start < paths.length; start += AT_ONCE) {
    const some = paths.slice(start, start + AT_ONCE);
    const found = await Promise.all(
      some.map(async (path): Promise<PreprocessedImage | FailedImage> => {
        try {
          const how = corrupt === undefined ? {} : { corrupt: { setting: corrupt, id: path } };
          const { pixels } = await read(path, preprocess, shape, how);
          const { width, height } = pixels;
          const levels = Uint8Array.from(
            channels === 1 ? pixels.data.filter((_, at) => at % 3 === 0) : pixels.data,
          );
          return { path, shape: [channels, height, width], input: normalized(pixels, preprocess), levels };
        } catch (error) {
          if (error instanceof SystemFault) throw new RunFailedError(error.message, { cause: error });
          if (!(error instanceof ImageError)) throw error;
          return { path, error: error.message };
        }
      }),
    );
    const alike: (PreprocessedImage | FailedImage)[] = [];
    for (const image of found) {
      if ('error' in image) alike.push(image);
      else {
        first ??= image;
        alike.push(sameSize(image, first) ? image : { path: image.path, error: otherSize(image, first) });
      }
    }
    yield alike;
  }
}

const sameSize = (a: PreprocessedImage, b: PreprocessedImage): boolean =>
  a.shape.every((length, axis) => length === b.shape[axis]);

function otherSize({ path, shape }: PreprocessedImage, first: PreprocessedImage): string {
  const sizes = [shape, first.shape].map(([, height, width]) => `${width}×${height}`);
  return (
    `${path}: becomes ${sizes[0]} pixels, but ${first.path} becomes ${sizes[1]}: images of one network have one size; ` +
    'set crop, or resize to [height, width], in the preprocessing'
  );
}

/**
 * The only image of a preprocessing of one.
 * @throws InputError where it could not be read
 */
export async function preprocessFile(path: string, settings: PixelSettings): Promise<PreprocessedImage> {
  for await (const [image] of preprocessFiles([path], settings)) {
    if (image !== undefined && !('error' in image)) return image;
    if (image !== undefined) throw new InputError(image.error);
  }
  throw new TypeError('an image was neither read nor refused');
}
