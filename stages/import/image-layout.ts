import { ModelError } from '../errors.js';
import { countElements, type Model, type ValueInfo } from '../onnx/model.js';
import { setting } from '../setting.js';
import { listed, shown } from '../shown.js';
import { fixedPart, isRowOfPixels, withChannelAxis } from './grey-images.js';
import { missingBatchAxis } from './missing-batch-axis.js';

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
      `input ${shown(input.name)} has shape [${shapeOf(input.dims ?? sizes)}], in which height or width is free; say for which size to compile with ${setting('size')} (in an experiment, "size" of the model, or a "crop" of its preprocessing)${missingBatchAxis(input)}`,
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
  if (input && isRowOfPixels(input)) return ofPixels(model, input, size);
  if (input?.dims?.length === 3) {
    const [images = 'N', height, width] = input.dims;
    const dims = [images, isSize(height) ? height : size.height, isSize(width) ? width : size.width];
    const fixed = { ...model, graph: { ...model.graph, inputs: [{ ...input, dims }, ...others] } };
    return withImageSize(withGreyImages(fixed), size);
  }
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
  if (input && isRowOfPixels(input))
    return pixelsOf(input) === usual.height * usual.width ? withChannelAxis(model, usual) : model;
  if (input?.dims?.length !== 4 && input?.dims?.length !== 3) return model;
  const { sizes, axes } = imageAxes(input);
  const [height, width] = [sizes[axes.height], sizes[axes.width]];
  return withImageSize(model, {
    height: isSize(height) ? height : usual.height,
    width: isSize(width) ? width : usual.width,
  });
}

/** A model of grey images without an axis of channels, [N, H, W], as one of [N, 1, H, W]; others are as they were. */
export function withGreyImages(model: Model): Model {
  const [input] = model.graph.inputs;
  if (input?.dims?.length !== 3 || isRowOfPixels(input)) return model;
  const [height, width] = fixedPart(input) ?? [];
  return height === undefined || width === undefined ? model : withChannelAxis(model, { height, width });
}

/** @throws ModelError where an image of the size has another number of pixels, or several channels */
function ofPixels(model: Model, input: ValueInfo, size: ImageSize): Model {
  const [pixels, expected] = [pixelsOf(input), size.height * size.width];
  if (pixels === expected) return withChannelAxis(model, size);
  const has = `input ${shown(input.name)} has shape [${shapeOf(input.dims ?? [])}]`;
  if (pixels !== null && pixels > expected && pixels % expected === 0)
    throw new ModelError(
      `${has}, ${pixels / expected} numbers for each pixel of ${size.height} × ${size.width}, whose order no file says; export the model with images [N, C, H, W] as input`,
    );
  throw new ModelError(
    `${has}, which does not hold grey images of ${size.height} × ${size.width} pixels, ${expected} numbers each; give their size with ${setting('size')} (in an experiment, "size" of the model)`,
  );
}

/** Numbers of one image, or null where they are free. */
const pixelsOf = (input: ValueInfo): number | null => countElements(fixedPart(input) ?? [-1]);

interface ImageAxes {
  readonly sizes: readonly (number | string)[];
  readonly axes: { readonly channels: number; readonly height: number; readonly width: number };
}

/**
 * Where an image batch has what: [N, C, H, W], or [N, H, W, C] where only the last can be the channels. Of grey images
 * [N, H, W] one channel is put in.
 */
function imageAxes(input: ValueInfo): ImageAxes {
  const { name, dims } = input;
  // Grey images without an axis of channels, of which height or width is free.
  if (dims?.length === 3 && !isRowOfPixels(input))
    return { sizes: [dims[0] ?? 'N', 1, ...dims.slice(1)], axes: { channels: 1, height: 2, width: 3 } };
  if (dims?.length !== 4)
    throw new ModelError(
      `input ${shown(name)} has shape [${dims ? shapeOf(dims) : 'unknown'}], expected an image batch [N, C, H, W]${
        isRowOfPixels(input)
          ? `; if these are the pixels of grey images, row by row, say of which size with ${setting('size')} (in an experiment, "size" of the model)`
          : dims?.length === 5
            ? '; export a model that takes one image, and puts in the axis of views or frames itself'
            : ''
      }`,
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
