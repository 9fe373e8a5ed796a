import { add, subtract } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';

/** A `Score` as values of a graph, one an image. */
export interface EmittedScore {
  /** h, [N, K]. */
  readonly logits: Value;
  /** max h, [N]. */
  readonly maxLogit: Value;
  /** The second largest logit less the largest, divided by T, [N, 1]. */
  readonly nearest: Value;
  /** λ: minus the log-odds of the predicted class, [N]. */
  readonly lambda: Value;
  /** log S, [N]. */
  readonly logS: Value;
  /** What the backward pass gives, [N] each; null where there is none. */
  readonly gradient: { readonly logSG: Value; readonly logG: Value } | null;
}

/** Writes a detector's value into a graph: what `value`, or `ofLogits`, is of a `Score`, in single precision, [N]. */
export type EmitDetector = (b: GraphBuilder, score: EmittedScore) => Value;

/**
 * An increasing function of a detector's value that a graph compares with δ instead: single precision holds it where it does not
 * hold the value, which it takes for 0 below 10⁻⁴⁵.
 */
export interface ComparedForm {
  readonly emit: EmitDetector;
  /** The same of a value that is known in double precision, as δ is. */
  readonly of: (value: number) => number;
}

/** The least logarithm of what double precision does not take for 0: half its smallest number is rounded up to that. */
const leastLogarithm = Math.log(Number.MIN_VALUE) - Math.LN2;

/** log of a value that is not negative: where double precision has 0 for it, below every value for which it has not. */
export function logarithmOfValue(value: number): number {
  return value > 0 ? Math.log(value) : leastLogarithm;
}

/** @throws TypeError where there was no backward pass: a graph for a detector that needs one has it */
export function requireGradient(gradient: EmittedScore['gradient']): NonNullable<EmittedScore['gradient']> {
  if (gradient === null) throw new TypeError('the graph has no backward pass');
  return gradient;
}

/** log p of each class, [N, K], at T = 1. */
export function emitLogProbabilities(b: GraphBuilder, { logits, maxLogit, logS }: EmittedScore): Value {
  const column = (x: Value): Value => reshape(b, x, ['N', 1]);
  return add(b, subtract(b, logits, column(maxLogit)), column(logS));
}
