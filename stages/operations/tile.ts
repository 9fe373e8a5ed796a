import { tiling } from '../batching/axes.js';
import { ModelError } from '../errors.js';
import { expand } from '../graph/arithmetic.js';
import { reshape } from '../graph/layout.js';
import { reduceSum } from '../graph/reduction.js';
import { type Dim, formatShape } from '../graph/shape.js';
import { sizesAt } from '../import/known-sizes.js';
import { cotangentShape, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** x so many times behind each other along each axis; what is the same for all images, as a class token, for each of them. */
export const tile: Operation = {
  type: 'Tile',
  inputs: [2, 2],
  batching: tiling,
  forward(context) {
    const { builder: b } = context;
    const { shape } = valueAt(context, 0);
    const repeats = repeatsOf(context);
    const [one, several] = apart(shape, repeats);
    const whole = shape.map((size, axis): Dim => (size === 'N' ? size : size * (repeats[axis] ?? 1)));
    return [reshape(b, expand(b, reshape(b, valueAt(context, 0), one), several), whole)];
  },
  backward(context) {
    const { builder: b, cotangent } = context;
    const shape = cotangentShape(context, 0);
    const [, several, repeated] = apart(shape, repeatsOf(context));
    return reshape(b, reduceSum(b, reshape(b, cotangent, several), repeated), shape);
  },
};

/** Before each axis that is repeated one for the repetitions: of size 1, and of theirs; and which axes those are. */
function apart(
  shape: readonly Dim[],
  repeats: readonly number[],
): [one: Dim[], several: Dim[], repeated: number[]] {
  const one: Dim[] = [];
  const several: Dim[] = [];
  const repeated: number[] = [];
  shape.forEach((size, axis) => {
    const times = repeats[axis] ?? 1;
    if (times > 1) {
      repeated.push(several.length);
      one.push(1);
      several.push(times);
    }
    one.push(size);
    several.push(size);
  });
  return [one, several, repeated];
}

/** For each axis of the value. @throws ModelError for what is no number of times */
function repeatsOf(context: NodeContext): number[] {
  const { shape } = valueAt(context, 0);
  const repeats = sizesAt(context, 1).map(Number);
  if (repeats.length !== shape.length || !repeats.every((times) => Number.isSafeInteger(times) && times >= 1))
    throw new ModelError(`repeats ${formatShape(repeats)} don't fit ${formatShape(shape)}`);
  if (repeats[0] !== 1) throw new ModelError('it repeats along the axis of the batch');
  return repeats;
}
