import { reshape } from '../graph/layout.js';
import { logitDetector } from './logit-detector.js';

/** Minus the distance of the largest logit to the second: that of the log-probabilities, too. */
export const margin = logitDetector({
  name: 'Margin',
  title: 'Margin',
  key: 'margin',
  citation: 'Scheffer, Decomain and Wrobel, IDA 2001; of logits',
  of: (row) => -row.margin,
  emit: (b, { nearest }) => reshape(b, nearest, ['N']),
});
