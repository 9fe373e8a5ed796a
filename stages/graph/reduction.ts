import { multiply } from './arithmetic.js';
import { type GraphBuilder, int, ints, type Value } from './builder.js';
import { reshape } from './layout.js';
import { type Dim, elementsPerImage, formatShape, type Shape } from './shape.js';

/** A shape after a reduction over axes: they are of size 1, or gone. */
export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Dim[] {
  return keep
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** Σ over axes. ONNX changed how axes are given (an input since opset 13) for this reduction only. */
export function reduceSum(b: GraphBuilder, x: Value, axes: readonly number[], keep = false): Value {
  if (axes.length === 0) return x;
  return b.emit(
    'ReduceSum',
    [x, b.integers(axes)],
    { keepdims: int(keep ? 1 : 0) },
    { shape: reducedShape(x.shape, axes, keep) },
  );
}

/** Σ x² over axes. */
export function reduceSumSquare(b: GraphBuilder, x: Value, axes: readonly number[], keep = false): Value {
  return b.emit(
    'ReduceSumSquare',
    [x],
    { axes: ints(axes), keepdims: int(keep ? 1 : 0) },
    { shape: reducedShape(x.shape, axes, keep) },
  );
}

/** The mean over axes. */
export function reduceMean(b: GraphBuilder, x: Value, axes: readonly number[], keep = false): Value {
  return b.emit(
    'ReduceMean',
    [x],
    { axes: ints(axes), keepdims: int(keep ? 1 : 0) },
    { shape: reducedShape(x.shape, axes, keep) },
  );
}

/** max over axes. */
export function reduceMax(b: GraphBuilder, x: Value, axes: readonly number[], keep = false): Value {
  return b.emit(
    'ReduceMax',
    [x],
    { axes: ints(axes), keepdims: int(keep ? 1 : 0) },
    { shape: reducedShape(x.shape, axes, keep) },
  );
}

/** The largest values along the last axis, descending. @param count at most the size of the axis */
export function largest(b: GraphBuilder, x: Value, count: number): Value {
  const shape = [...x.shape.slice(0, -1), count];
  const outputs = [{ shape }, { shape, type: 'int64' as const }];
  const [values] = b.emitAll('TopK', [x, b.integers([count])], { axis: int(-1) }, outputs);
  if (values === undefined) throw new TypeError('TopK gives no output');
  return values;
}

/** The index of the first maximum along an axis, int64, the axis dropped. */
export function argMax(b: GraphBuilder, x: Value, axis: number): Value {
  return b.emit(
    'ArgMax',
    [x],
    { axis: int(axis), keepdims: int(0) },
    { shape: reducedShape(x.shape, [axis], false), type: 'int64' },
  );
}

/** ‖x‖² of each image: [N, …] → [N]. */
export function squaredNormPerImage(b: GraphBuilder, x: Value): Value {
  if (x.shape[0] !== 'N') throw new RangeError(`${formatShape(x.shape)} has no batch axis in front`);
  const axes = x.shape.slice(1).map((_, index) => index + 1);
  return axes.length === 0 ? b.emit('Mul', [x, x], {}, { shape: x.shape }) : reduceSumSquare(b, x, axes);
}

/** Elements of an image, in one sum of squares, that float32 adds up to enough digits whatever their order. */
const summedAtOnce = 2 ** 16;

/** The same where each image may have millions of elements: along the last axis first, or small ones would be lost. */
export function squaredNormInRows(b: GraphBuilder, x: Value): Value {
  const last = x.shape.length - 1;
  if (last < 2 || elementsPerImage(x.shape) <= summedAtOnce) return squaredNormPerImage(b, x);
  const rows = reduceSumSquare(b, x, [last]);
  return reduceSum(
    b,
    rows,
    rows.shape.slice(1).map((_, index) => index + 1),
  );
}

/** Σ over the axes along which `shape` was broadcast to x's shape; the result has that shape. Batch axes are kept. */
export function reduceToShape(b: GraphBuilder, x: Value, shape: Shape): Value {
  const extra = x.shape.length - shape.length;
  const leading = [...Array(extra).keys()];
  const repeated = shape.flatMap((size, axis) =>
    size === 1 && x.shape[axis + extra] !== 1 ? [axis + extra] : [],
  );
  const kept = reduceSum(b, x, repeated, true);
  return reduceSum(b, kept, leading);
}

/** Zeros of one element for each image, [N, 1, …], NaN for an image of which x is not finite. */
export function zerosPerImage(b: GraphBuilder, x: Value, rank: number): Value {
  const axes = x.shape.slice(1).map((_, index) => index + 1);
  const zeros = multiply(b, reduceMax(b, x, axes, true), b.scalar(0));
  return reshape(b, zeros, ['N', ...new Array<number>(rank - 1).fill(1)]);
}
