import type { Shape } from '../graph/shape.js';
import { type BatchAxis, modelShape } from '../import/batch-axis.js';
import type { Activation, Operand } from '../import/operand.js';
import { perImage } from '../import/sizes.js';
import { isSameForAll } from './batching.js';

/**
 * A file for one image at a time does not say which of its sizes of 1 is the number of images. It need not be known: where
 * there is one image, each axis of size 1 can be read as the images', or none, and all that a value holds is this image's
 * in the same order. So each node may read what it takes in the way that it can be computed in; what it computes of one
 * image is the same in all of them.
 */

/** One way to read a value. */
export interface Reading {
  /** [N, …one image's part] */
  readonly shape: Shape;
  readonly batch: BatchAxis | null;
}

/** How many combinations are tried: enough for three values of five axes of size 1 each. */
const mostCombinations = 216;

/**
 * The ways to read what a node of such a file takes, the likeliest first: as it is.
 * @param seen brings a value into the shape of a reading
 */
export function* readings(
  operands: readonly (Operand | null)[],
  seen: (x: Activation, reading: Reading) => Activation,
): Generator<readonly (Operand | null)[]> {
  const ways = operands.map((operand) => (operand?.kind === 'activation' ? readingsOf(operand) : [null]));
  const count = ways.reduce((product, { length }) => product * length, 1);
  for (let combination = 0; combination < Math.min(count, mostCombinations); combination += 1) {
    let rest = combination;
    yield operands.map((operand, slot) => {
      const choices = ways[slot] ?? [];
      const reading = choices[rest % choices.length];
      rest = Math.floor(rest / choices.length);
      return operand?.kind === 'activation' && reading ? seen(operand, reading) : operand;
    });
  }
}

/** All ways to read a value, the one that it is in first: null. */
function readingsOf(x: Activation): (Reading | null)[] {
  if (isSameForAll(x)) return [null];
  const sizes = modelShape(x.value.shape, x.batch).map(perImage);
  const along = sizes.flatMap((size, axis): Reading[] =>
    size === 1 && axis !== x.batch?.axis
      ? [{ shape: ['N', ...sizes.toSpliced(axis, 1)], batch: { axis, before: 1, after: 1 } }]
      : [],
  );
  const ofImage: Reading[] = x.batch ? [{ shape: ['N', ...sizes], batch: null }] : [];
  return [null, ...along, ...ofImage];
}
