import { ModelError } from '../errors.js';
import { countElements, type Model, type ValueInfo } from '../onnx/model.js';
import { setting } from '../setting.js';
import { listed, shown } from '../shown.js';

/** Numbers of one image; more is a damaged file. */
const largestImage = 2 ** 27;

/** Pixels of an image. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** What a model takes. */
export interface ImageLayout extends ImageSize {
  readonly channels: number;
  /** Whether the model itself takes [N, H, W, C]. */
  readonly channelsLast: boolean;
  /** The batch size written into the file, or null where it is free. */
  readonly fixedBatch: number | null;
}

/**
 * Reads a model's input as a batch of images.
 * @throws ModelError where it is none, or channels, height or width are free
 */
export function layoutOf(input: ValueInfo): ImageLayout {
  const { sizes, axes } = imageAxes(input);
  const [batch] = sizes;
  const [channels, height, width] = [sizes[axes.channels], sizes[axes.height], sizes[axes.width]];
  if (!isSize(channels))
    throw new ModelError(
      `input ${shown(input.name)} has shape [${shapeOf(sizes)}]; channels must be fixed: export the model with only the batch axis free`,
    );
  if (!isSize(height) || !isSize(width))
    throw new ModelError(
      `input ${shown(input.name)} has shape [${shapeOf(sizes)}], in which height or width is free; say for which size to compile with ${setting('size')} (in an experiment, "size" of the model, or a "crop" of its preprocessing)`,
    );
  if ((countElements([channels, height, width]) ?? Number.POSITIVE_INFINITY) > largestImage)
    throw new ModelError(
      `input ${shown(input.name)} takes images of ${channels} × ${height} × ${width} numbers, more than the ${largestImage} that are supported`,
    );
  return {
    channels,
    height,
    width,
    channelsLast: axes.channels === 3,
    fixedBatch: isSize(batch) ? batch : null,
  };
}

/**
 * A model for images of one size: what it leaves free of height and width is fixed. One that leaves nothing free, or has
 * no image, is as it was.
 * @throws ModelError where what it fixes itself is another size
 */
export function withImageSize(model: Model, size: ImageSize): Model {
  const [input, ...others] = model.graph.inputs;
  if (input?.dims?.length !== 4) return model;
  const { sizes, axes } = imageAxes(input);
  const dims = [...sizes];
  for (const side of ['height', 'width'] as const) {
    const own = sizes[axes[side]];
    if (isSize(own) && own !== size[side])
      throw new ModelError(
        `input ${shown(input.name)} has shape [${shapeOf(sizes)}], whose ${side} is ${own} and can't be ${size[side]}; leave ${setting('size')} (in an experiment, "size" of the model) out, or give that of the file`,
      );
    dims[axes[side]] = size[side];
  }
  return { ...model, graph: { ...model.graph, inputs: [{ ...input, dims }, ...others] } };
}

/** As `withImageSize`, but a size that the model fixes itself stays. */
export function withUsualImageSize(model: Model, usual: ImageSize): Model {
  const [input] = model.graph.inputs;
  if (input?.dims?.length !== 4) return model;
  const { sizes, axes } = imageAxes(input);
  const [height, width] = [sizes[axes.height], sizes[axes.width]];
  return withImageSize(model, {
    height: isSize(height) ? height : usual.height,
    width: isSize(width) ? width : usual.width,
  });
}

interface ImageAxes {
  readonly sizes: readonly (number | string)[];
  readonly axes: { readonly channels: number; readonly height: number; readonly width: number };
}

/** Where an image batch has what: [N, C, H, W], or [N, H, W, C] where only the last can be the channels. */
function imageAxes({ name, dims }: ValueInfo): ImageAxes {
  if (dims?.length !== 4)
    throw new ModelError(
      `input ${shown(name)} has shape [${dims ? shapeOf(dims) : 'unknown'}], expected an image batch [N, C, H, W]`,
    );
  const isColour = (size: number | string | undefined) => size === 1 || size === 3 || size === 4;
  const channelsLast = !isColour(dims[1]) && isColour(dims[3]);
  const axes = channelsLast ? { channels: 3, height: 1, width: 2 } : { channels: 1, height: 2, width: 3 };
  return { sizes: dims, axes };
}

/** Whether an axis is fixed; exporters write a free one as a name, as 0 or as −1. */
const isSize = (size: number | string | undefined): size is number => typeof size === 'number' && size > 0;

const shapeOf = (dims: readonly (number | string)[]): string =>
  listed(dims.map((size) => shown(String(size))));
