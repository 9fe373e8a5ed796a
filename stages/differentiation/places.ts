import { isParameterCopy } from '../import/module-state.js';
import type { Constant } from '../import/operand.js';
import type { FloatTensor } from '../onnx/model.js';

/** Coordinates have as many values as there are places along an axis; learnt ones in half precision have more. */
const mostPlaces = 256;

/**
 * Whether a constant that a linear layer reads is a list of places, or rows like them, which no training has changed. Most of
 * its numbers are there several times then. What has the name of a parameter may be one whose values are few, of eight bits
 * or all zeros: it is a list of places only where they are in the order of a grid, and in doubt elsewhere.
 * @param producer who wrote the file, as it says
 */
export function listsPlaces(
  { origin, tensor }: Constant & { readonly tensor: FloatTensor },
  producer: string,
): 'yes' | 'perhaps' | 'no' {
  if (!repeatsNumbers(tensor)) return 'no';
  const isNamed = origin !== null && (origin.isState === true || isParameterCopy(producer, origin.name));
  return !isNamed || isGrid(tensor) ? 'yes' : 'perhaps';
}

/** Whether most numbers are there several times, as coordinates and one-hot rows are: what has been learnt differs. */
function repeatsNumbers({ data }: FloatTensor): boolean {
  const { size } = new Set(data);
  return size <= mostPlaces && 3 * size <= data.length;
}

/**
 * Whether the rows of the last axis are the points of a grid, one after the other: each coordinate rises or falls from
 * block to block of equal rows, from the start again and again. One that is the same everywhere is of an axis of one place.
 */
function isGrid({ dims, data }: FloatTensor): boolean {
  const width = dims.at(-1) ?? 1;
  const columns = Array.from({ length: width }, (_, column) =>
    data.filter((_value, index) => index % width === column),
  );
  const varying = columns.filter((column) => column.some((value) => value !== column[0]));
  return varying.length > 0 && varying.every(isAlongAxis);
}

function isAlongAxis(column: Float32Array): boolean {
  const [first = 0] = column;
  const block = column.findIndex((value) => value !== first);
  const at = (step: number): number => column[step * block] ?? Number.NaN;
  const rises = at(1) > first;
  let steps = 1;
  while (rises ? at(steps) > at(steps - 1) : at(steps) < at(steps - 1)) steps++;
  return (
    steps < column.length &&
    column.length % (steps * block) === 0 &&
    column.every((value, index) => value === at(Math.floor(index / block) % steps))
  );
}
