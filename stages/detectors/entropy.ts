import { exponential, multiply, negate } from '../graph/arithmetic.js';
import { reduceSum } from '../graph/reduction.js';
import { emitLogProbabilities } from './emitted-score.js';
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
});
