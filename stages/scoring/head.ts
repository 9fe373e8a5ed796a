import {
  add,
  divide,
  equal,
  exponential,
  less,
  logarithm,
  multiply,
  negate,
  subtract,
  toFloat,
  where,
} from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { argMax, reduceMax, reduceSum } from '../graph/reduction.js';
import { sizeOf } from '../graph/shape.js';

/** What follows from logits and temperature alone. */
export interface Head {
  /** ĉ, int64 [N]. */
  readonly predicted: Value;
  /** max h, [N]. */
  readonly maxLogit: Value;
  /** m: how far the nearest other logit is from the largest, divided by T, at most 0, [N, 1]. */
  readonly nearest: Value;
  /** λ = m + log Z: minus the log-odds of the predicted class, [N]. */
  readonly lambda: Value;
  /** log S = −log(1 + e^λ), [N]. */
  readonly logS: Value;
  /** v, [N, K]: ∇_h ℓ up to a positive factor, of unit scale. */
  readonly cotangent: Value;
}

/** Far below any difference of logits, and far from overflow when one is subtracted. */
const excluded = -1e30;

/**
 * The softmax head without cancellation: with d_c = (h_c − h_ĉ)/T for c ≠ ĉ, m = max d and Z = Σ e^{d_c − m}, the
 * cotangent is v_c = e^{d_c − m}/Z for c ≠ ĉ and v_ĉ = −1. Nothing under- or overflows, however confident the network.
 * @param logits [N, K] @param temperature [1]
 */
export function softmaxHead(b: GraphBuilder, logits: Value, temperature: Value): Head {
  const classes = sizeOf(logits.shape, 1);
  const predicted = argMax(b, logits, 1);
  const highest = reduceMax(b, logits, [1], true);
  const chosen = oneHot(b, predicted, classes);
  const differences = divide(b, subtract(b, logits, highest), temperature);
  // The predicted class drops out by a term that no exponential survives; by index, as other classes may tie with it.
  const others = add(b, differences, multiply(b, chosen, b.scalar(excluded)));
  const m = reduceMax(b, others, [1], true);
  const exponentials = exponential(b, subtract(b, others, m));
  const z = reduceSum(b, exponentials, [1], true);
  const lambda = reshape(b, add(b, m, logarithm(b, z)), ['N']);
  return {
    predicted,
    maxLogit: reshape(b, highest, ['N']),
    nearest: m,
    lambda,
    logS: logProbability(b, lambda),
    cotangent: subtract(b, divide(b, exponentials, z), chosen),
  };
}

/** 1 at the index, 0 elsewhere: int64 [N] → float32 [N, K]. */
function oneHot(b: GraphBuilder, index: Value, classes: number): Value {
  const distances = subtract(
    b,
    toFloat(b, reshape(b, index, ['N', 1])),
    b.floats(
      [1, classes],
      Float32Array.from({ length: classes }, (_, c) => c),
    ),
  );
  return toFloat(b, equal(b, distances, b.scalar(0)));
}

/** −log(1 + e^λ); below λ = −6 by its series, since 1 + e^λ would drop the digits of e^λ. */
function logProbability(b: GraphBuilder, lambda: Value): Value {
  const odds = exponential(b, lambda);
  const direct = negate(b, logarithm(b, add(b, odds, b.scalar(1))));
  // −(u − u²/2 + u³/3) = −u · (1 − u · (1/2 − u/3))
  const inner = subtract(b, b.scalar(1 / 2), multiply(b, odds, b.scalar(1 / 3)));
  const series = negate(b, multiply(b, odds, subtract(b, b.scalar(1), multiply(b, odds, inner))));
  return where(b, less(b, lambda, b.scalar(-6)), series, direct);
}
