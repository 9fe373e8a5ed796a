import { type GraphBuilder, int, type Value } from '../graph/builder.js';
import { pad, reshape } from '../graph/layout.js';
import { reduceSum } from '../graph/reduction.js';

/** Elements at constant places along an axis, any of them any number of times. */
export function pick(b: GraphBuilder, x: Value, axis: number, places: readonly number[]): Value {
  const indices = b.derivedIntegers(`places/${places}`, places.length, () => places);
  return b.emit('Gather', [x, indices], { axis: int(axis) }, { shape: x.shape.with(axis, places.length) });
}

/**
 * The reverse of `pick`: at each of so many places the sum of what was picked there, zero where nothing was. For each place
 * its terms are picked, with a zero where it has fewer than others, and summed: no provider lacks that.
 */
export function sumByPlace(
  b: GraphBuilder,
  x: Value,
  axis: number,
  places: readonly number[],
  size: number,
): Value {
  const terms = Array.from({ length: size }, (): number[] => []);
  places.forEach((place, index) => {
    terms[place]?.push(index);
  });
  const most = Math.max(...terms.map(({ length }) => length));
  const zero = places.length;
  const isFull = terms.every(({ length }) => length === most);
  const padded = isFull ? x : withZeroBehind(b, x, axis);
  const order = terms.flatMap((own) => [...own, ...new Array<number>(most - own.length).fill(zero)]);
  const picked = pick(b, padded, axis, order);
  if (most === 1) return picked;
  return reduceSum(b, reshape(b, picked, picked.shape.toSpliced(axis, 1, size, most)), [axis + 1]);
}

function withZeroBehind(b: GraphBuilder, x: Value, axis: number): Value {
  const rank = x.shape.length;
  return pad(b, x, new Array<number>(2 * rank).fill(0).with(rank + axis, 1));
}
