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
});
