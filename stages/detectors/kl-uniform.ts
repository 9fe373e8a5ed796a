import { add } from '../graph/arithmetic.js';
import { reduceMean } from '../graph/reduction.js';
import { sizeOf } from '../graph/shape.js';
import { emitLogProbabilities } from './emitted-score.js';
import { logitDetector } from './logit-detector.js';

/**
 * Minus the Kullback–Leibler divergence of the softmax from the uniform distribution u, KL(u ‖ p) = −log K − mean of log p: the
 * loss whose gradient GradNorm takes.
 */
export const klUniform = logitDetector({
  name: 'KL',
  title: 'KL to uniform',
  key: 'kl',
  citation: 'Huang, Geng and Li, NeurIPS 2021: the loss of GradNorm',
  of: (row) => {
    const logP = row.logProbabilities();
    return Math.log(row.classes) + logP.reduce((sum, one) => sum + one, 0) / row.classes;
  },
  emit: (b, score) => {
    const mean = reduceMean(b, emitLogProbabilities(b, score), [1]);
    return add(b, mean, b.scalar(Math.log(sizeOf(score.logits.shape, 1))));
  },
});
