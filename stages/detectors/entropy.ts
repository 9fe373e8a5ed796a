import {
  add,
  divide,
  exponential,
  less,
  logarithm,
  maximum,
  minimum,
  multiply,
  negate,
  subtract,
  where,
} from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { reduceSum } from '../graph/reduction.js';
import { type EmittedScore, emitLogProbabilities, logarithmOfValue } from './emitted-score.js';
import { logitDetector } from './logit-detector.js';

/** The entropy of the softmax probabilities, −Σ p log p. */
export const entropy = logitDetector({
  name: 'Entropy',
  title: 'Entropy',
  key: 'entropy',
  citation: 'Shannon entropy of the softmax; as a detector Hendrycks, Mazeika and Dietterich, ICLR 2019',
  of: (row) => {
    let sum = 0;
    for (const logP of row.logProbabilities()) {
      const p = Math.exp(logP);
      // 0 log 0 is 0.
      if (p > 0) sum -= p * logP;
    }
    return sum;
  },
  // Where p is 0 in single precision, log p is still finite.
  emit: (b, score) => {
    const logP = emitLogProbabilities(b, score);
    return negate(b, reduceSum(b, multiply(b, exponential(b, logP), logP), [1]));
  },
  compared: { emit: emitLogarithm, of: logarithmOfValue },
});

/**
 * log H. With d_c = h_c − max h, H = −log S − Σ p_c d_c, and the predicted class has no part in the sum. What remains are terms of
 * about e^λ, which is taken out: log H = λ + log(log(1 + e^λ) / e^λ + S Σ e^(d_c − λ) (−d_c)).
 */
function emitLogarithm(b: GraphBuilder, { logits, maxLogit, lambda, logS }: EmittedScore): Value {
  const column = (x: Value): Value => reshape(b, x, ['N', 1]);
  const below = subtract(b, column(maxLogit), logits);
  // d − λ is at most 0 but for the predicted class, of which anything finite does.
  const relative = minimum(b, subtract(b, negate(b, below), column(lambda)), b.scalar(0));
  const others = reduceSum(b, multiply(b, exponential(b, relative), below), [1]);
  const odds = exponential(b, lambda);
  const inner = subtract(b, b.scalar(1 / 2), multiply(b, odds, b.scalar(1 / 3)));
  const series = subtract(b, b.scalar(1), multiply(b, odds, inner));
  const direct = divide(b, negate(b, logS), maximum(b, odds, b.scalar(Math.exp(-7))));
  const first = where(b, less(b, lambda, b.scalar(-6)), series, direct);
  return add(b, lambda, logarithm(b, add(b, first, multiply(b, exponential(b, logS), others))));
}
