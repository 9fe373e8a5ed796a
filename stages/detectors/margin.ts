import { logitDetector } from './logit-detector.js';

/** Minus the distance of the largest logit to the second: that of the log-probabilities, too. */
export const margin = logitDetector({
  name: 'Margin',
  title: 'Margin',
  citation: 'Scheffer, Decomain and Wrobel, IDA 2001; of logits',
  of: (row) => -row.margin,
  emit: (_, { nearest }) => nearest,
});
