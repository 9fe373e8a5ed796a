import { logS } from '../scores.js';
import type { Detector } from './detector.js';
import { ablationCells } from './search.js';

/**
 * Maximum softmax probability (Hendrycks and Gimpel 2016), at ε = 0 and T = 1. Ranked by λ, which rises as
 * −S does: S itself is 1 in floating point for many confident images and would tie them.
 */
export const msp = {
  name: 'MSP',
  title: 'MSP',
  citation: 'Hendrycks and Gimpel, ICLR 2017',
  isUsual: true,
  ablationTable: null,
  ablations: ['vanilla'],
  shown: { key: 'msp', heading: 'MSP', value: ({ logOdds }) => -Math.exp(logS(logOdds)) },
  needsGradient: false,
  cells: ablationCells,
  emit: (_, { lambda }) => lambda,
  value: ({ logOdds }) => -logOdds,
} as const satisfies Detector;
