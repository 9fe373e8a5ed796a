import type { Shape } from '../graph/shape.js';
import { type Size, timesImages } from './sizes.js';

/**
 * The axis of a model's value that holds the images of a batch. It may hold other things too: of [N · heads, T, d] the
 * first holds, for each image, parts that lie behind each other; of [T · N, D] parts that lie around it.
 *
 * Whatever a model does with its axes, the emitted value is [N, …one image's part]: where the axis holds nothing else it
 * is left out of the image's part, else it stays there with the sizes of the parts alone.
 */
export interface BatchAxis {
  readonly axis: number;
  /** Parts of an image that the images lie inside of: T of [T · N, D]. */
  readonly before: number;
  /** Parts that lie inside each image: heads of [N · heads, T, d]. */
  readonly after: number;
}

/** The images as most models have them: along the first axis, alone. */
export const firstAxis: BatchAxis = { axis: 0, before: 1, after: 1 };

/** Whether the axis holds nothing but images, so that one image's part has no such axis. */
export const holdsOnlyImages = ({ before, after }: BatchAxis): boolean => before * after === 1;

export const isFirstAxis = (batch: BatchAxis | null): boolean =>
  batch !== null && batch.axis === 0 && holdsOnlyImages(batch);

/**
 * The shape that the model gives a value.
 * @param emitted [N, …one image's part], or [1, …] where no image has a part in it
 * @param batch null where no axis of the model's holds images
 */
export function modelShape(emitted: Shape, batch: BatchAxis | null): Size[] {
  const part: Size[] = emitted.slice(1).map(Number);
  if (!batch) return part;
  const size = timesImages(batch.before * batch.after);
  return holdsOnlyImages(batch) ? part.toSpliced(batch.axis, 0, size) : part.with(batch.axis, size);
}

/** The place in the emitted value of what a model's axis holds of one image, or null where that is nothing. */
export function emittedAxis(axis: number, batch: BatchAxis | null): number | null {
  if (!batch || !holdsOnlyImages(batch) || axis < batch.axis) return axis + 1;
  return axis === batch.axis ? null : axis;
}
