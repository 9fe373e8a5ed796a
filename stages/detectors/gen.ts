import { add, exponential, logarithm, multiply, subtract } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { concat, reshape, slice } from '../graph/layout.js';
import { largest, reduceMax, reduceSum } from '../graph/reduction.js';
import { sizeOf } from '../graph/shape.js';
import { type EmittedScore, emitLogProbabilities, logarithmOfValue } from './emitted-score.js';
import { logitDetector } from './logit-detector.js';

/** γ, and how many of the most probable classes count, M: the values that its authors use for ImageNet-1K. */
const power = 0.1;
const counted = 100;

/** The generalized entropy Σ p^γ (1 − p)^γ of the most probable classes. */
export const gen = logitDetector({
  name: 'GEN',
  title: 'GEN',
  key: 'gen',
  citation: 'Liu, Lochman and Zach, CVPR 2023; γ = 0.1, M = 100',
  of: (row) => {
    const complements = row.logComplements();
    const terms = row.logProbabilities().map((logP, c) => (logP + (complements[c] ?? Number.NaN)) * power);
    // p (1 − p) falls with p below a half, and only the largest p may be above: ordered by p itself.
    const order = Array.from(terms.keys());
    if (terms.length > counted) {
      const logP = row.logProbabilities();
      order.sort((a, b) => (logP[b] ?? 0) - (logP[a] ?? 0));
    }
    return order.slice(0, counted).reduce((sum, c) => sum + Math.exp(terms[c] ?? Number.NaN), 0);
  },
  emit: (b, score) => reduceSum(b, exponential(b, emitTerms(b, score)), [1]),
  compared: {
    // Where probabilities are far apart each term may be 0 in single precision.
    emit: (b, score) => {
      const terms = emitTerms(b, score);
      const most = reduceMax(b, terms, [1], true);
      const sum = reduceSum(b, exponential(b, subtract(b, terms, most)), [1]);
      return add(b, reshape(b, most, ['N']), logarithm(b, sum));
    },
    of: logarithmOfValue,
  },
});

/** γ log(p (1 − p)) of the most probable classes, [N, M]. */
function emitTerms(b: GraphBuilder, score: EmittedScore): Value {
  const classes = Math.min(counted, sizeOf(score.logits.shape, 1));
  const logP = largest(b, emitLogProbabilities(b, score), classes);
  // log(1 − p) = λ + log S for the predicted class, whose p may be 1 in single precision; no other is above a half.
  const first = reshape(b, add(b, score.lambda, score.logS), ['N', 1]);
  const others = slice(b, logP, 1, 1, classes);
  const rest = logarithm(b, subtract(b, b.scalar(1), exponential(b, others)));
  const products = add(b, logP, concat(b, [first, rest], 1));
  return multiply(b, products, b.scalar(power));
}
