import type { Node } from '../onnx/model.js';
import { intAttribute } from './attributes.js';
import { type Integers, requireShapeLength } from './operand.js';
import { atBatch, holdsImages, perImage, type Size, timesImages } from './sizes.js';

type Binary = (a: number, b: number) => number;

const truth =
  (test: (a: number, b: number) => boolean): Binary =>
  (a, b) =>
    Number(test(a, b));

/** Those whose results are sizes. */
const arithmetic: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Mod (fmod)']);

/** Operations on two integers, elementwise. Div cuts towards zero; Mod has the sign of the divisor, or of the dividend. */
export const binaryOperations: ReadonlyMap<string, Binary> = new Map<string, Binary>([
  ['Add', (a, b) => a + b],
  ['Sub', (a, b) => a - b],
  ['Mul', (a, b) => a * b],
  ['Div', (a, b) => Math.trunc(a / b)],
  ['Mod', (a, b) => a - b * Math.floor(a / b)],
  ['Mod (fmod)', (a, b) => a % b],
  ['Equal', truth((a, b) => a === b)],
  ['Less', truth((a, b) => a < b)],
  ['LessOrEqual', truth((a, b) => a <= b)],
  ['Greater', truth((a, b) => a > b)],
  ['GreaterOrEqual', truth((a, b) => a >= b)],
  ['And', truth((a, b) => a !== 0 && b !== 0)],
  ['Or', truth((a, b) => a !== 0 || b !== 0)],
  ['Xor', truth((a, b) => (a !== 0) !== (b !== 0))],
]);

/** The name that a node has in tables of arithmetic: Mod has two. */
export function arithmeticOf(node: Node): string {
  return node.type === 'Mod' && intAttribute(node, 'fmod', 0) !== 0 ? 'Mod (fmod)' : node.type;
}

/**
 * Two lists of integers elementwise, one of them of one element or both of a length.
 * @throws RangeError where the result depends on how many images a batch has, and is no multiple of their number
 */
export function combine(type: string, operation: Binary, left: Integers, right: Integers): Integers {
  const at = broadcasting([left, right]);
  return {
    scalar: left.scalar && right.scalar,
    sizes: at.map(([a = 0, b = 0]) =>
      typeof a === 'number' && typeof b === 'number'
        ? whole(a, b, operation(a, b))
        : withBatch(type, operation, a, b),
    ),
  };
}

/** Of each pair the first where the condition holds, else the second. */
export function choose(condition: Integers, yes: Integers, no: Integers): Integers {
  return {
    scalar: condition.scalar && yes.scalar && no.scalar,
    sizes: broadcasting([condition, yes, no]).map(([holds, a = 0, b = 0]) => (holds === 0 ? b : a)),
  };
}

/** One number, or a list of a length, repeated to a shape of one axis at most; null for other shapes. */
export function expanded({ sizes, scalar }: Integers, shape: readonly Size[]): Integers | null {
  const [length = 1, more] = shape;
  if (more !== undefined || typeof length !== 'number') return null;
  if (sizes.length !== 1) return length === 1 || length === sizes.length ? { sizes, scalar: false } : null;
  const [size = 0] = sizes;
  requireShapeLength(length);
  return { sizes: Array<Size>(length).fill(size), scalar: scalar && shape.length === 0 };
}

/** The numbers from the first one on, by steps of the last one, before the second. */
export function range(...bounds: readonly Integers[]): Integers | null {
  const [start, limit, step] = bounds.map(({ sizes }) => sizes[0]);
  if (typeof start !== 'number' || typeof limit !== 'number' || typeof step !== 'number') return null;
  const length = Math.max(0, Math.ceil((limit - start) / nonZero(step)));
  requireShapeLength(length);
  return { sizes: Array.from({ length }, (_, at) => start + at * step), scalar: false };
}

/** Elements of a list from `start` on, `step` apart, before `end`, as Slice counts them. */
export function slicedSizes(
  sizes: readonly Size[],
  start: number,
  end: number,
  step: number,
): readonly Size[] {
  const { length } = sizes;
  const within = (place: number, least: number, most: number): number =>
    Math.min(Math.max(place < 0 ? place + length : place, least), most);
  const [low, high] = nonZero(step) > 0 ? [0, length] : [-1, length - 1];
  const [from, to] = [within(start, Math.max(low, 0), high), within(end, low, high)];
  const taken: Size[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) {
    const size = sizes[at];
    if (size !== undefined) taken.push(size);
  }
  return taken;
}

/** The elements of several lists side by side. @throws RangeError where their lengths differ */
function broadcasting(lists: readonly Integers[]): readonly (readonly Size[])[] {
  const lengths = lists.map(({ sizes }) => sizes.length);
  const length = lengths.find((one) => one !== 1) ?? 1;
  if (lengths.some((one) => one !== 1 && one !== length))
    throw new RangeError(`lists of ${lengths.join(' and ')} integers don't broadcast`);
  return Array.from({ length }, (_, at) => lists.map(({ sizes }) => sizes[sizes.length === 1 ? 0 : at] ?? 0));
}

/**
 * What is the same for every number of images, or a multiple of it: tried at numbers of images on both sides of where the
 * operands are equal.
 */
function withBatch(type: string, operation: Binary, a: Size, b: Size): Size {
  const equalAt = [a, b].flatMap((size, at) => {
    const other = at === 0 ? b : a;
    return holdsImages(size) && !holdsImages(other) ? [Math.floor(other / perImage(size))] : [];
  });
  const near = equalAt.flatMap((count) => [count - 1, count, count + 1, count + 2, 2 * count, 2 * count + 1]);
  const counts = [...near, 1, 2, 3, 1009].filter((count) => count >= 1);
  const results = counts.map((count) => operation(atBatch(a, count), atBatch(b, count)));
  const [first = 0] = results;
  if (results.every((result) => result === first)) return first;
  const multiple = operation(atBatch(a, 1), atBatch(b, 1));
  if (Number.isSafeInteger(multiple) && multiple > 0) {
    const isMultiple = results.every((result, index) => result === multiple * (counts[index] ?? 1));
    if (isMultiple) return timesImages(multiple);
  }
  throw new RangeError(
    arithmetic.has(type)
      ? `computes a size from the batch size (${a} and ${b}) that is no multiple of it`
      : `compares the batch size with a number (${a} and ${b}), which gives no answer that holds for all batches`,
  );
}

function whole(a: number, b: number, value: number): number {
  if (Number.isSafeInteger(value)) return value + 0;
  throw new RangeError(`${a} and ${b} give no whole number`);
}

function nonZero(value: number): number {
  if (value === 0) throw new RangeError('counts in steps of 0');
  return value;
}
