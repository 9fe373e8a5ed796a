import { onEachNumber } from '../batching/batching.js';
import {
  absolute,
  add,
  arcCosine,
  arcSine,
  arcTangent,
  divide,
  equal,
  errorFunction,
  exponential,
  less,
  logarithm,
  multiply,
  negate,
  sigmoid,
  softplus,
  squareRoot,
  subtract,
  tanh,
  where,
} from '../graph/arithmetic.js';
import { float, type GraphBuilder, type Value } from '../graph/builder.js';
import { floatAttribute } from '../import/attributes.js';
import { ofSquares } from '../import/rewrites/roots-of-squares.js';
import { passBetween, unlessOverflown } from '../lowerings/gates.js';
import {
  areaCosine,
  areaSine,
  areaTangent,
  hyperbolicCosine,
  hyperbolicSine,
  oneLessSquare,
  rootOfSquareAndOne,
  rootOfSquareLessOne,
} from '../lowerings/hyperbolic.js';
import { oneLess } from '../lowerings/one-less.js';
import { signOf } from '../lowerings/sign.js';
import { cosineOf, sineOf } from '../lowerings/sine.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

type Slope = (b: GraphBuilder, x: Value, y: Value, context: NodeContext) => Value;

/** A function that takes each number by itself. */
interface NumberFunction {
  /** y of x, of the same shape. */
  readonly value: (b: GraphBuilder, x: Value, context: NodeContext) => Value;
  /** dy/dx by x and y, of their shape or of one element. */
  readonly slope: Slope;
  /** Whether `slope` gives 1 / (dy/dx) instead, which the cotangent is divided by. */
  readonly dividing?: boolean;
  /** Whether it levels off, so that an infinite x may give an ordinary y. */
  readonly levelsOff?: boolean;
}

// At kinks derivatives are those of PyTorch.
const table: Readonly<Record<string, NumberFunction>> = {
  Abs: {
    value: absolute,
    slope: (b, x, _y, { lowerings }) => signOf(b, x, lowerings),
  },
  Acos: {
    value: arcCosine,
    slope: (b, x) => negate(b, arcSineDivisor(b, x)),
    dividing: true,
  },
  Acosh: { value: areaCosine, slope: rootOfSquareLessOne, dividing: true },
  Asin: { value: arcSine, slope: arcSineDivisor, dividing: true },
  Asinh: { value: areaSine, slope: rootOfSquareAndOne, dividing: true },
  Atan: {
    value: arcTangent,
    slope: (b, x) => add(b, multiply(b, x, x), b.scalar(1)),
    dividing: true,
    levelsOff: true,
  },
  Atanh: { value: areaTangent, slope: oneLessSquare, dividing: true },
  Cos: {
    value: (b, x, { lowerings }) => cosineOf(b, x, lowerings.sines),
    slope: (b, x, _y, { lowerings }) => negate(b, sineOf(b, x, lowerings.sines)),
  },
  Cosh: { value: hyperbolicCosine, slope: hyperbolicSine },
  Elu: {
    value: (b, x, context) => b.emit('Elu', [x], { alpha: float(alphaOf(context, 1)) }, { shape: x.shape }),
    slope: (b, x, y, context) =>
      where(b, isAbove(b, x, 0), b.scalar(1), add(b, y, b.scalar(alphaOf(context, 1)))),
    levelsOff: true,
  },
  Erf: {
    value: errorFunction,
    slope: (b, x) =>
      multiply(b, exponential(b, negate(b, multiply(b, x, x))), b.scalar(2 / Math.sqrt(Math.PI))),
    levelsOff: true,
  },
  Exp: { value: exponential, slope: (_b, _x, y) => y, levelsOff: true },
  HardSigmoid: {
    value: (b, x, context) =>
      hardSigmoid(b, x, alphaOf(context, 0.2), floatAttribute(context.node, 'beta', 0.5)),
    slope: (b, _x, y, context) =>
      passBetween(b, b.scalar(alphaOf(context, 0.2)), y, b.scalar(0), b.scalar(1), context.lowerings.gates),
    levelsOff: true,
  },
  HardSwish: {
    value: (b, x) => multiply(b, x, hardSigmoid(b, x, 1 / 6, 0.5)),
    // At 3 PyTorch has two derivatives, by whether its loop is vectorised. Here the outer parts have the kinks.
    slope(b, x, _y, { lowerings }) {
      const gate = hardSigmoid(b, x, 1 / 6, 0.5);
      const inside = passBetween(b, b.scalar(1 / 6), gate, b.scalar(0), b.scalar(1), lowerings.gates);
      return add(b, gate, multiply(b, x, inside));
    },
    levelsOff: true,
  },
  LeakyRelu: {
    value(b, x, context) {
      const alpha = alphaOf(context, 0.01);
      // Of NaN some providers make an ordinary number by comparing with 0 from above.
      if (b.precision === 'half')
        return where(b, less(b, x, b.scalar(0)), multiply(b, x, b.scalar(alpha)), x);
      return b.emit('LeakyRelu', [x], { alpha: float(alpha) }, { shape: x.shape });
    },
    slope: (b, x, _y, context) => where(b, isAbove(b, x, 0), b.scalar(1), b.scalar(alphaOf(context, 0.01))),
  },
  Log: { value: logarithm, slope: (_b, x) => x, dividing: true },
  Neg: { value: negate, slope: (b) => b.scalar(-1) },
  Reciprocal: {
    value: (b, x) => divide(b, b.scalar(1), x),
    slope: (b, _x, y) => negate(b, multiply(b, y, y)),
    levelsOff: true,
  },
  Sigmoid: {
    value: sigmoid,
    slope: (b, x, y) => multiply(b, y, oneLess(b, y, x)),
    levelsOff: true,
  },
  Sin: {
    value: (b, x, { lowerings }) => sineOf(b, x, lowerings.sines),
    slope: (b, x, _y, { lowerings }) => cosineOf(b, x, lowerings.sines),
  },
  Sinh: { value: hyperbolicSine, slope: hyperbolicCosine },
  Softplus: { value: softplus, slope: (b, x) => sigmoid(b, x), levelsOff: true },
  Softsign: {
    value: (b, x) => divide(b, x, aboveOne(b, x)),
    slope: (b, x) => multiply(b, aboveOne(b, x), aboveOne(b, x)),
    dividing: true,
    levelsOff: true,
  },
  Sqrt: {
    value: squareRoot,
    slope(b, _x, y, { node }) {
      const slope = divide(b, b.scalar(0.5), y);
      if (!node.attributes.has(ofSquares)) return slope;
      const zero = b.scalar(0);
      return where(b, equal(b, y, zero), zero, slope);
    },
  },
  Tan: {
    value: (b, x, { lowerings }) => divide(b, sineOf(b, x, lowerings.sines), cosineOf(b, x, lowerings.sines)),
    slope: (b, _x, y) => add(b, multiply(b, y, y), b.scalar(1)),
  },
  Tanh: {
    value: tanh,
    slope(b, x, y) {
      if (b.precision === 'single') return subtract(b, b.scalar(1), multiply(b, y, y));
      // 4 σ(2x) σ(−2x), see `oneLess`.
      const twice = multiply(b, x, b.scalar(2));
      const product = multiply(b, sigmoid(b, twice), sigmoid(b, negate(b, twice)));
      return multiply(b, product, b.scalar(4));
    },
    levelsOff: true,
  },
  ThresholdedRelu: {
    value: (b, x, context) => where(b, isAbove(b, x, alphaOf(context, 1)), x, b.scalar(0)),
    slope: (b, x, _y, context) => where(b, isAbove(b, x, alphaOf(context, 1)), b.scalar(1), b.scalar(0)),
    levelsOff: true,
  },
};

/** Operations that compute each number of their output from one of their only input. */
export const functions: readonly Operation[] = Object.entries(table).map(
  ([type, { value, slope, dividing, levelsOff }]) => ({
    type,
    inputs: [1, 1],
    batching: onEachNumber,
    forward(context) {
      const { builder: b } = context;
      const x = valueAt(context, 0);
      const y = value(b, x, context);
      return [levelsOff ? unlessOverflown(b, y, x) : y];
    },
    backward(context) {
      const { builder: b, cotangent, outputs } = context;
      const x = valueAt(context, 0);
      return (dividing ? divide : multiply)(b, cotangent, slope(b, x, outputs[0] ?? x, context));
    },
  }),
);

/** √(1 − x²). */
function arcSineDivisor(b: GraphBuilder, x: Value): Value {
  return squareRoot(b, subtract(b, b.scalar(1), multiply(b, x, x)));
}

/** 1 + |x|. */
const aboveOne = (b: GraphBuilder, x: Value): Value => add(b, absolute(b, x), b.scalar(1));

const alphaOf = ({ node }: NodeContext, usual: number): number => floatAttribute(node, 'alpha', usual);

const isAbove = (b: GraphBuilder, x: Value, bound: number): Value => less(b, b.scalar(bound), x);

/** max(0, min(1, alpha·x + beta)). */
function hardSigmoid(b: GraphBuilder, x: Value, alpha: number, beta: number): Value {
  return b.emit('HardSigmoid', [x], { alpha: float(alpha), beta: float(beta) }, { shape: x.shape });
}
