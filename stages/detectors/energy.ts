import { subtract } from '../graph/arithmetic.js';
import { logitDetector } from './logit-detector.js';

/** The free energy −T log Σ exp(h / T), at T = 1. */
export const energy = logitDetector({
  name: 'Energy',
  title: 'Energy',
  key: 'energy',
  citation: 'Liu, Wang, Owens and Li, NeurIPS 2020',
  of: (row) => -row.temperature * row.logSumExp,
  // log Σ exp h = max h − log S
  emit: (b, { maxLogit, logS }) => subtract(b, logS, maxLogit),
});
