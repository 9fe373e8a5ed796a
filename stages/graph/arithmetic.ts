import { float, type GraphBuilder, int, type Value } from './builder.js';
import { broadcastShapes, type Shape } from './shape.js';

/** Elementwise operations. Two operands broadcast as in NumPy. */
const binary =
  (type: string) =>
  (b: GraphBuilder, x: Value, y: Value): Value =>
    b.emit(type, [x, y], {}, { shape: broadcastShapes(x.shape, y.shape), type: x.type });
const unary =
  (type: string) =>
  (b: GraphBuilder, x: Value): Value =>
    b.emit(type, [x], {}, { shape: x.shape, type: x.type });

export const add = binary('Add');
export const subtract = binary('Sub');
export const multiply = binary('Mul');
export const divide = binary('Div');
export const maximum = binary('Max');
export const minimum = binary('Min');
export const exponential = unary('Exp');
export const logarithm = unary('Log');
export const negate = unary('Neg');
export const sign = unary('Sign');
export const relu = unary('Relu');
export const absolute = unary('Abs');
export const squareRoot = unary('Sqrt');
export const errorFunction = unary('Erf');
export const sigmoid = unary('Sigmoid');
export const tanh = unary('Tanh');
export const sine = unary('Sin');
export const cosine = unary('Cos');
export const arcTangent = unary('Atan');
export const arcSine = unary('Asin');
export const arcCosine = unary('Acos');
export const floor = unary('Floor');
export const softplus = unary('Softplus');
/** x to the power of y. */
export const power = binary('Pow');

/** Truth of a < b, elementwise. */
export function less(b: GraphBuilder, x: Value, y: Value): Value {
  return b.emit('Less', [x, y], {}, { shape: broadcastShapes(x.shape, y.shape), type: 'bool' });
}

/** Truth of a > b, elementwise. */
export function greater(b: GraphBuilder, x: Value, y: Value): Value {
  return b.emit('Greater', [x, y], {}, { shape: broadcastShapes(x.shape, y.shape), type: 'bool' });
}

/** Truth of a = b, elementwise. */
export function equal(b: GraphBuilder, x: Value, y: Value): Value {
  return b.emit('Equal', [x, y], {}, { shape: broadcastShapes(x.shape, y.shape), type: 'bool' });
}

/** x where the condition holds, y elsewhere. */
export function where(b: GraphBuilder, condition: Value, x: Value, y: Value): Value {
  const shape = broadcastShapes(condition.shape, broadcastShapes(x.shape, y.shape));
  return b.emit('Where', [condition, x, y], {}, { shape, type: x.type });
}

/** 0/1 as float32. */
export function toFloat(b: GraphBuilder, x: Value): Value {
  return b.emit('Cast', [x], { to: int(1) }, { shape: x.shape });
}

/** The sum of one or more tensors of one shape. @throws RangeError for an empty list */
export function sum(b: GraphBuilder, terms: readonly Value[]): Value {
  const [first, second] = terms;
  if (!first) throw new RangeError('a sum needs at least one term');
  if (!second) return first;
  if (terms.length === 2) return add(b, first, second);
  return b.emit('Sum', terms, {}, { shape: first.shape });
}

/**
 * 1 where x > 0, 0 elsewhere (0 at 0), for normal float32 numbers: one parallel operation that stays in ONNX Runtime's
 * blocked layout, where Greater and Cast would leave it.
 */
export function positive(b: GraphBuilder, x: Value): Value {
  return b.emit('HardSigmoid', [x], { alpha: float(3e38), beta: float(0) }, { shape: x.shape });
}

/** Elementwise minimum and maximum with constants; null for no bound. */
export function clip(b: GraphBuilder, x: Value, low: Value | null, high: Value | null): Value {
  return b.emit('Clip', high ? [x, low, high] : [x, low], {}, { shape: x.shape });
}

/** A row of ones of a shape without batch axis. */
export function ones(b: GraphBuilder, dims: readonly number[]): Value {
  return b.derived(`ones [${dims}]`, dims, () =>
    new Float32Array(dims.reduce((product, size) => product * size, 1)).fill(1),
  );
}

/** x repeated along axes of size 1 to a shape that it broadcasts to. */
export function expand(b: GraphBuilder, x: Value, shape: Shape): Value {
  const dims = shape.map((size, axis) =>
    size === x.shape[axis - shape.length + x.shape.length] || size === 'N' ? 1 : size,
  );
  return dims.every((size) => size === 1) ? x : multiply(b, x, ones(b, dims));
}
