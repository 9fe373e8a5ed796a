import { ModelError } from '../../errors.js';
import { int } from '../../graph/builder.js';
import { normalizeAxis } from '../../graph/shape.js';
import { elementCount, type Node } from '../../onnx/model.js';
import { listed } from '../../shown.js';
import { intAttribute } from '../attributes.js';
import { placeOf, stridesOf } from '../literals/literal.js';
import type { Operand } from '../operand.js';
import { holdsImages, type Size } from '../sizes.js';
import { listedPlaces, placeAlong, requireFew } from './constant-places.js';
import { Primitives } from './primitives.js';

/** What a node that works at places reads. */
export interface AtPlaces {
  /** The model's shape of the data. */
  readonly shape: readonly Size[];
  readonly inputs: readonly (Operand | null)[];
  /** The number of images that the file is for, where it says one. */
  readonly fixedBatch: number | null;
}

/**
 * GatherElements at constant places along an axis, the same for each image: a Gather of the elements in one row.
 * @throws ModelError, without naming the node, for other places
 */
export function gatheredElements(node: Node, { shape, inputs, fixedBatch }: AtPlaces): Node[] {
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), shape.length);
  const { part, isOfImages } = partOf(shape);
  const { dims, data } = listedPlaces(inputs[1], inputs[2], isOfImages, fixedBatch);
  const along = isOfImages ? axis - 1 : axis;
  requireAlong(along, dims, part);
  const strides = stridesOf(part);
  const rows = Array.from({ length: elementCount(dims) }, (_, index) =>
    placeOf(index, dims)
      .with(along, placeAlong(data[index] ?? 0, part[along] ?? 0))
      .reduce((sum, at, each) => sum + at * (strides[each] ?? 0), 0),
  );
  return ofOneRow(node, isOfImages, rows, dims);
}

/** The elements of one image in one row, and those of them that are at some places. */
function ofOneRow(node: Node, isOfImages: boolean, rows: readonly number[], dims: readonly number[]): Node[] {
  const made = new Primitives(node);
  const row = made.step('Reshape', [made.input(0), made.integers(isOfImages ? [0, -1] : [-1])]);
  return made.ending('Gather', [row, made.places(rows, dims)], { axis: int(isOfImages ? 1 : 0) });
}

/**
 * GatherND at constant places: a Gather of the rows that the axes of which the places are make when they are joined. They are of
 * the first axes, none of them the images', or of those behind the images, the same for each (`batch_dims` = 1).
 * @throws ModelError, without naming the node, for other places
 */
export function gatheredRows(node: Node, { shape, inputs, fixedBatch }: AtPlaces): Node[] {
  const images = shape.findIndex(holdsImages);
  const skipped = intAttribute(node, 'batch_dims', 0);
  const isOfEach = skipped === 1 && images === 0;
  if (skipped !== 0 && !isOfEach)
    throw new ModelError(`batch_dims is ${skipped}, which is supported only as 1, for the images`);
  const { dims, data } = listedPlaces(inputs[1], inputs[2], isOfEach, fixedBatch);
  const depth = dims.at(-1) ?? 0;
  const around = shape.slice(skipped, skipped + depth);
  if (depth < 1 || around.length < depth)
    throw new ModelError(`indices of shape [${listed(dims)}] for a tensor of shape [${listed(shape)}]`);
  if (around.some(holdsImages))
    throw new ModelError(
      `its places are among the images, axis ${images} of [${listed(shape)}]: that would mix images with each other`,
    );
  const sizes = around.map(Number);
  const strides = stridesOf(sizes);
  const rows = Array.from({ length: elementCount(dims) / depth }, (_, row) =>
    sizes.reduce(
      (sum, size, each) => sum + placeAlong(data[row * depth + each] ?? 0, size) * (strides[each] ?? 0),
      0,
    ),
  );
  const made = new Primitives(node);
  const whole = [...shape.slice(0, skipped), elementCount(sizes), ...shape.slice(skipped + depth)];
  const joined = made.step('Reshape', [
    made.input(0),
    made.integers(whole.map((size) => (holdsImages(size) ? -1 : size))),
  ]);
  return made.ending('Gather', [joined, made.places(rows, dims.slice(0, -1))], { axis: int(skipped) });
}

/** Of a shape, one image's part. @throws ModelError where the images are along another axis than the first */
export function partOf(shape: readonly Size[]): {
  readonly part: readonly number[];
  readonly isOfImages: boolean;
} {
  const images = shape.findIndex(holdsImages);
  if (images > 0 || (images === 0 && shape[0] !== 'N'))
    throw new ModelError(
      `the batch is among the axes of [${listed(shape)}]: only as first axis, alone, is it supported`,
    );
  const part = shape.slice(images + 1).map(Number);
  requireFew(elementCount(part));
  return { part, isOfImages: images === 0 };
}

/** @throws ModelError where places along an axis are not those of a tensor's part */
export function requireAlong(along: number, dims: readonly number[], part: readonly number[]): void {
  if (along < 0) throw new ModelError("axis 0 is the batch's: it would pick among images");
  const fits =
    dims.length === part.length && dims.every((size, axis) => axis === along || size <= (part[axis] ?? 0));
  if (!fits)
    throw new ModelError(`indices of shape [${listed(dims)}] for a tensor of shape [${listed(part)}]`);
}
